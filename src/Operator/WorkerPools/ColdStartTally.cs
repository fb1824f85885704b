using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.WorkerPools;

/// <summary>
/// Counts the cold starts of a pool by the annotation each leaves on its pod. The sums live on in the pool's status; the cold starts that pods show when
/// counting begins are taken as counted there already.
/// </summary>
internal sealed class ColdStartTally(WorkerPoolStatus? status)
{
    private HashSet<string>? _counted = status is null ? [] : null;

    /// <summary>Cold starts that found an idle worker.</summary>
    public long Hits { get; private set; } = status?.Hits ?? 0;

    /// <summary>Cold starts that had to create a pod.</summary>
    public long Misses { get; private set; } = status?.Misses ?? 0;

    /// <summary>Counts what is new on the pool's pods.</summary>
    public (long Hits, long Misses) Count(IReadOnlyList<V1Pod> pods)
    {
        var shown = pods
            .Select(p => (Assignment: p.GetAnnotation(HearthAnnotations.Assignment), p.ColdStart()?.Path))
            .Where(p => p is { Assignment: not null, Path: not null })
            .ToArray();
        var fresh = _counted is { } counted ? shown.Where(p => !counted.Contains(p.Assignment!)).ToArray() : [];
        // Assignment ids are never used again, so those no pod shows any more need not be remembered.
        _counted = shown.Select(p => p.Assignment!).ToHashSet();

        var hits = fresh.Count(p => p.Path == ColdStartPath.Pool);
        Hits += hits;
        Misses += fresh.Length - hits;
        return (hits, fresh.Length - hits);
    }
}
