using Hearth.Api.WorkerPools;
using Hearth.Operator.Workers;
using Hearth.Policies.WarmPools;

namespace Hearth.Operator.WorkerPools;

/// <summary>What the operator keeps about one pool between reconciles. Losing it in a restart costs at most one early retry.</summary>
internal sealed class PoolMemory(WorkerPoolStatus? status)
{
    /// <summary>Hits and misses.</summary>
    public ColdStartTally Tally { get; } = new(status);

    /// <summary>Claims, from which Predictive forecasts.</summary>
    public ClaimHistory Claims { get; } = new();

    /// <summary>Slows the replacement of pods that end.</summary>
    public RetryGate Replacement { get; } = new();

    /// <summary>Artifact caches that were asked what they hold and whose answer no pod carries, see <see cref="ArtifactReports"/>.</summary>
    public HashSet<string> AskedCaches { get; } = [];

    /// <summary>Pod names in the pool's pattern that other objects have.</summary>
    public HashSet<string> TakenNames { get; } = [];
}
