using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Invocation;

/// <summary>Whether a function's stand-in may answer a request, and what it is asked for. Pure.</summary>
internal static class FallbackTarget
{
    private const string Models = "/v2/models/";
    private const string Versions = "/versions/";

    /// <summary>Whether the refusal is one that a stand-in helps with: the function is overloaded or cannot be activated, and has seen nothing of the request.</summary>
    public static bool AppliesTo(Outcome outcome) =>
        outcome is Outcome.QueueFull or Outcome.DeadlineUnreachable or Outcome.GatewayFull or Outcome.ActivationFailed or Outcome.PoolNotFound;

    /// <summary>
    /// The same request to the function named <paramref name="fallback"/>. In the Open Inference Protocol's path the model has the function's name, so that changes too. Null when the
    /// path asks for a version of the model: no other model has it.
    /// </summary>
    public static InvocationTarget? Of(InvocationTarget target, string fallback)
    {
        var (path, name) = (target.PathAndQuery, target.Function.Name);
        if (path.StartsWith(Models, StringComparison.Ordinal) && string.CompareOrdinal(path, Models.Length, name, 0, name.Length) == 0)
        {
            var rest = path.AsSpan(Models.Length + name.Length);
            if (rest.StartsWith(Versions))
                return null;
            if (rest.IsEmpty || rest[0] is '/' or '?')
                path = $"{Models}{fallback}{rest}";
        }
        return new(fallback, new ObjectKey(target.Function.Namespace, fallback), path);
    }
}
