using Hearth.Testing;

namespace Hearth.Conformance.Tests;

/// <summary>A case that compares the two servers, and is skipped where there is no real one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealServerTheoryAttribute : TheoryAttribute
{
    public RealServerTheoryAttribute() => Skip = KubeApiServer.WhyNot;
}
