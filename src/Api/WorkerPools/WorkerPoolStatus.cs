using Hearth.Api.Meta;

namespace Hearth.Api.WorkerPools;

/// <summary>Observed state of a WorkerPool.</summary>
public sealed record WorkerPoolStatus
{
    /// <summary>Generation of the spec that this status is about.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Idle workers that can be claimed now.</summary>
    public int Idle { get; set; }

    /// <summary>Workers that start for the pool.</summary>
    public int Starting { get; set; }

    /// <summary>Workers taken, whose assignment is under way.</summary>
    public int Claimed { get; set; }

    /// <summary>Workers at work, draining ones included.</summary>
    public int Assigned { get; set; }

    /// <summary>Cold starts that found an idle worker.</summary>
    public long Hits { get; set; }

    /// <summary>Cold starts that had to create a pod.</summary>
    public long Misses { get; set; }

    /// <summary>Conditions; the summary is Ready.</summary>
    public IReadOnlyList<V1Condition>? Conditions { get; set; }
}
