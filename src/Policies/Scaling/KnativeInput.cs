namespace Hearth.Policies.Scaling;

/// <summary>What Knative's autoscaler decides from.</summary>
public sealed record KnativeInput
{
    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>Mean requests in flight over the stable window.</summary>
    public required double Stable { get; init; }

    /// <summary>Mean requests in flight over the panic window.</summary>
    public required double Panic { get; init; }

    /// <summary>Requests in flight that a pod can take.</summary>
    public required double Total { get; init; }

    /// <summary>Requests in flight that a pod should have; above 0.</summary>
    public required double Target { get; init; }

    /// <summary>Pods that are ready.</summary>
    public required int Ready { get; init; }

    /// <summary>Whether the revision gets traffic. One that does not may go to zero in one step.</summary>
    public bool IsReachable { get; init; } = true;

    /// <summary>Whether as many pods as <see cref="KnativeOptions.InitialScale"/> have been ready once.</summary>
    public bool WasReady { get; init; } = true;
}
