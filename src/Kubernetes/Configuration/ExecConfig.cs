using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.Configuration;

/// <summary>A program that a kubeconfig names to say who the user is (client.authentication.k8s.io).</summary>
/// <param name="User">The user, for messages.</param>
/// <param name="Command">Path, or a name on the PATH.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ExecConfig(string User, string Command, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string ApiVersion { get; init; } = "client.authentication.k8s.io/v1";

    /// <summary>What to tell someone who does not have the program.</summary>
    public string? InstallHint { get; init; }

    /// <summary>The cluster, for a program that wants to know it (<c>provideClusterInfo</c>).</summary>
    public JsonObject? Cluster { get; init; }
}
