using System.Globalization;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.WorkerPools;

/// <summary>Decides what a pool needs done. Pure.</summary>
internal static class WorkerPoolPlanner
{
    // A claim may be seen before the owner it is for; a worker is an orphan only once that cannot be the reason.
    private static readonly TimeSpan OrphanAfter = TimeSpan.FromSeconds(30);

    // A claimed worker that has not come to serve by then keeps the pool from being refilled no longer. Claims and cold starts are stamped in whole
    // seconds, so it is up to one second less.
    private static readonly TimeSpan RefillAfterClaim = TimeSpan.FromSeconds(2);

    // In a quarter of a second a worker that came to serve gives its first answer.
    private static readonly TimeSpan RefillAfterReady = TimeSpan.FromSeconds(1.25);

    /// <summary>The plan for what was observed.</summary>
    public static PoolPlan Plan(PoolObservation seen)
    {
        var present = seen.Pods.Where(p => !p.IsDeleting()).ToArray();
        var idle = present.Where(p => p.State() == WorkerState.Idle).ToArray();
        var ended = idle.Where(p => p.IsGone()).ToArray();
        var alive = idle.Where(p => !p.IsGone()).ToArray();

        // Ended pods keep their place, and their last words for the reader, until they may be replaced.
        var mayReplace = !(seen.Now < seen.ReplaceFrom);
        var place = mayReplace ? 0 : ended.Length;
        var removals = Excess(alive, seen).Concat(mayReplace ? ended.Select(p => new PodRemoval(p, RemovalReason.Ended)) : []).ToArray();
        var kept = alive.Except(removals.Select(r => r.Pod)).ToArray();
        var outdated = Outdated(kept, seen).ToArray();
        var missing = seen.Warm - (kept.Length - outdated.Length) - place;

        var refillIn = missing > 0 && kept.Any(p => p.IsReady()) ? RefillIn(present, seen) : TimeSpan.Zero;
        var orphans = present.Where(p => IsOrphan(p, seen)).ToArray();
        return new()
        {
            Create = refillIn > TimeSpan.Zero ? [] : FreeNames(seen).Take(Math.Max(0, missing)).ToArray(),
            Delete = [.. removals, .. outdated],
            Adopt = kept.Where(p => p.GetController()?.Uid != seen.PoolUid).ToArray(),
            Orphans = orphans.Where(p => OrphanIn(p, seen) <= TimeSpan.Zero).ToArray(),
            Counts = new(
                Idle: kept.Count(p => p.IsReady()),
                Starting: kept.Count(p => !p.IsReady()),
                // The ended pods of a job stay for their logs, and hold nothing any more.
                Claimed: present.Count(p => p.State() == WorkerState.Claimed && !p.IsGone()),
                Assigned: present.Count(p => (p.State() is WorkerState.Assigned or WorkerState.Draining) && !p.IsGone())),
            Failing = idle.Select(p => PodProblem.Of(p) is { } problem ? new FailingWorker(p, problem) : null).FirstOrDefault(f => f is not null),
            RecheckAfter = orphans.Select(p => OrphanIn(p, seen))
                .Append(place > 0 ? seen.ReplaceFrom!.Value - seen.Now : TimeSpan.Zero)
                .Append(refillIn)
                .Where(t => t > TimeSpan.Zero)
                .Select(t => (TimeSpan?)t)
                .Min(),
        };
    }

    /// <summary>
    /// How long the refill waits for workers that somebody waits for: the start of a process beside them would take the CPU from a model's load and first
    /// answer. It is called while one more idle worker is there, so nobody misses the next.
    /// </summary>
    private static TimeSpan RefillIn(V1Pod[] present, PoolObservation seen) => present
        .Select(p => p.State() switch
        {
            WorkerState.Claimed when p.IsReady() => Left(p.LastUsed(), RefillAfterClaim, seen),
            WorkerState.Assigned => Left(p.ColdStart()?.Time, RefillAfterReady, seen),
            _ => TimeSpan.Zero,
        })
        .DefaultIfEmpty()
        .Max();

    /// <summary>What is left of <paramref name="limit"/>; nothing where another clock says that it has not begun.</summary>
    private static TimeSpan Left(DateTimeOffset? from, TimeSpan limit, PoolObservation seen) =>
        from + limit - seen.Now is { } left && left <= limit ? left : TimeSpan.Zero;

    /// <summary>The surplus over the warm size: those that are not Ready first, then outdated ones, then the newest.</summary>
    private static IEnumerable<PodRemoval> Excess(V1Pod[] alive, PoolObservation seen) => alive
        .OrderBy(p => p.IsReady())
        .ThenBy(p => IsCurrent(p, seen))
        .ThenByDescending(p => p.Metadata.CreationTimestamp)
        .ThenByDescending(p => p.Name(), StringComparer.Ordinal)
        .Take(Math.Max(0, alive.Length - seen.Warm))
        .Select(p => new PodRemoval(p, RemovalReason.Excess));

    /// <summary>
    /// The next step from an old template to the new one: every outdated worker that is not Ready, and one that is while no new one is on its way. The pool
    /// stays within its size, because a node may have no GPU to spare for more, and is one worker short at most.
    /// </summary>
    private static IEnumerable<PodRemoval> Outdated(V1Pod[] kept, PoolObservation seen)
    {
        var outdated = kept.Where(p => !IsCurrent(p, seen)).ToArray();
        var isSettled = kept.All(p => p.IsReady());
        var step = isSettled ? outdated.OrderBy(p => p.Metadata.CreationTimestamp).Take(1) : outdated.Where(p => !p.IsReady());
        return step.Select(p => new PodRemoval(p, RemovalReason.Outdated));
    }

    private static bool IsCurrent(V1Pod pod, PoolObservation seen) => pod.GetAnnotation(HearthAnnotations.TemplateHash) == seen.TemplateHash;

    private static bool IsOrphan(V1Pod pod, PoolObservation seen) =>
        seen.Orphans.Contains(pod.Uid()) && !seen.Releasing.Contains(pod.Uid());

    private static TimeSpan OrphanIn(V1Pod pod, PoolObservation seen) => OrphanAfter - (seen.Now - (pod.LastUsed() ?? DateTimeOffset.MinValue));

    /// <summary>
    /// <c>{pool}-{n}</c> from the smallest free n. The same view of the cluster gives the same names, so a view that is behind cannot make a pod twice.
    /// </summary>
    private static IEnumerable<string> FreeNames(PoolObservation seen)
    {
        var taken = seen.Pods.Select(p => p.Name()).Concat(seen.TakenNames).ToHashSet();
        for (var n = 0; ; n++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{seen.Pool}-{n}");
            if (!taken.Contains(name))
                yield return name;
        }
    }
}
