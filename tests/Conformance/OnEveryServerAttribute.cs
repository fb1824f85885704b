using System.Reflection;
using Hearth.Testing;
using Xunit.Sdk;

namespace Hearth.Conformance.Tests;

/// <summary>Runs a case on the API server in memory and, when there is one, on a real kube-apiserver; the first argument names the server.</summary>
/// <param name="row">The case's other arguments.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class OnEveryServerAttribute(params object?[] row) : DataAttribute
{
    /// <summary>Whether the case needs the garbage collector; it is no case of a real server that runs without one.</summary>
    public bool NeedsCollector { get; init; }

    public override IEnumerable<object?[]> GetData(MethodInfo testMethod)
    {
        yield return [Servers.InMemory, .. row];
        if (KubeApiServer.WhyNot is null && (!NeedsCollector || KubeApiServer.HasControllers))
            yield return [Servers.Real, .. row];
    }
}
