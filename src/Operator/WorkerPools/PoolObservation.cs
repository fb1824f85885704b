using Hearth.Api.Core;

namespace Hearth.Operator.WorkerPools;

/// <summary>What a plan for a pool is made from.</summary>
internal sealed record PoolObservation
{
    /// <summary>Name of the pool; pods are named after it.</summary>
    public required string Pool { get; init; }

    /// <summary>The pool's uid.</summary>
    public required string PoolUid { get; init; }

    /// <summary>Every pod that comes from the pool, whatever became of it.</summary>
    public required IReadOnlyList<V1Pod> Pods { get; init; }

    /// <summary>Idle workers to keep.</summary>
    public required int Warm { get; init; }

    /// <summary>Hash that a pod made now would carry.</summary>
    public required string TemplateHash { get; init; }

    /// <summary>Names that other objects have taken.</summary>
    public IReadOnlySet<string> TakenNames { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that this process is releasing.</summary>
    public IReadOnlySet<string> Releasing { get; init; } = new HashSet<string>();

    /// <summary>Uids of the pods that name an owner which does not exist.</summary>
    public IReadOnlySet<string> Orphans { get; init; } = new HashSet<string>();

    /// <summary>Pods that ended are replaced from this time on; null for at once.</summary>
    public DateTimeOffset? ReplaceFrom { get; init; }

    /// <summary>The present time.</summary>
    public required DateTimeOffset Now { get; init; }
}
