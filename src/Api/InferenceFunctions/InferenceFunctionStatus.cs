using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Api.InferenceFunctions;

/// <summary>Observed state of an InferenceFunction.</summary>
public sealed record InferenceFunctionStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Where the function is invoked.</summary>
    public string? Url { get; set; }

    /// <summary>Name by which Dapr apps invoke it.</summary>
    public string? DaprAppId { get; set; }

    /// <summary>Workers of the function.</summary>
    public ReplicaStatus Replicas { get; set; } = new();

    /// <summary>The revision of the present spec.</summary>
    public string? LatestCreatedRevision { get; set; }

    /// <summary>The last revision that was warm enough to take the share of <c>latest</c>.</summary>
    public string? LatestReadyRevision { get; set; }

    /// <summary>How requests are routed now.</summary>
    public IReadOnlyList<TrafficStatus>? Traffic { get; set; }

    /// <summary>The same in one line, for kubectl get.</summary>
    public string? TrafficSummary { get; set; }

    /// <summary>Where the time of the latest cold start went.</summary>
    public ColdStart? LastColdStart { get; set; }

    /// <summary>Conditions; the summary is Ready.</summary>
    public IReadOnlyList<V1Condition>? Conditions { get; set; }
}
