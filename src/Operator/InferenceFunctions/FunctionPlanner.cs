using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Decides what a function needs done. Pure.</summary>
/// <remarks>
/// A worker is never given back while it loads: it is Claimed then, and what is Claimed is only taken from it when no progress can come any more. That holds for one whose
/// revision was superseded too: it loads to the end, so that what it fetched is in the cache, and goes then.
/// The first worker for a request is the gateways' business; the operator keeps <c>scale.min</c> and pre-warm windows, follows the load above the first, warms
/// the revision that is to have traffic (<see cref="RolloutPlanner"/>), and gives back the workers of those that have none any more.
/// </remarks>
internal static class FunctionPlanner
{
    // An old revision's workers linger for the keep-alive time, so that the way back is instant, but hold their place no longer than this.
    private static readonly TimeSpan LongestLinger = TimeSpan.FromMinutes(10);

    /// <summary>The plan for what was observed.</summary>
    public static FunctionPlan Plan(FunctionObservation seen)
    {
        var workers = new FunctionWorkers(seen);
        var scale = seen.Function.Spec.Suspend ? new(0, ScaleReason.Maximum) : Scale(seen, workers);
        var rollout = RolloutPlanner.Plan(seen, workers, scale);
        var missing = Missing(seen, workers, rollout);
        var unattended = workers.Starting.Where(p => !seen.Assigning.Contains(p.Uid()) && !IsReleasing(p, seen)).ToArray();
        var stuck = unattended.Where(p => IsStuck(p, scale, rollout, seen)).ToArray();
        var replacements = Replacements(seen, workers, rollout).ToArray();
        return new()
        {
            Scale = scale,
            Rollout = rollout,
            Serving = workers.Serving,
            Starting = workers.Starting,
            Failure = workers.FailureOf(seen.Hash),
            Activations = missing.Where(m => IsOpen(m.Key, seen)).ToDictionary(),
            Adopt = workers.Serving.Concat(workers.Starting).Where(p => p.GetController()?.Uid != seen.Function.Uid()).ToArray(),
            Assign = unattended.Except(stuck).Where(p => p.IsReady() && MayAssign(p, seen)).ToArray(),
            Release =
            [
                .. workers.Lost.Where(l => !IsReleasing(l.Worker, seen)),
                .. stuck.Select(p => new WorkerRelease(p, ReleaseReason.Stuck)),
                .. Surplus(seen, workers, scale, rollout),
                .. Unwanted(seen, workers, rollout).Where(p => !IsLingering(p, scale, workers, seen)).Select(p => new WorkerRelease(p, Reason(seen))),
                .. replacements.Select(r => r.Old).OfType<V1Pod>().Select(p => new WorkerRelease(p, ReleaseReason.Outdated)),
            ],
            Replace = [.. replacements.Select(r => r.New)],
            IsShortOfGpu = workers.ShortOfGpu.Count > 0,
            RecheckAfter = RecheckAfter(seen, workers, scale, rollout, missing),
        };
    }

    private static ScaleDecision Scale(FunctionObservation seen, FunctionWorkers workers)
    {
        var spec = seen.Function.Spec;
        var routed = RolloutPlanner.Routes(seen, workers, seen.Ready).Select(route => route.Served).Distinct();
        var lastActive = workers.Serving.Concat(workers.Starting).Select(p => p.LastUsed()).Append(seen.Load.LastActive).Max();
        return ConcurrencyScaler.Decide(new()
        {
            Live = routed.Sum(workers.Live),
            Min = seen.Min,
            Spare = seen.Spare,
            Max = spec.Scale.Max,
            Target = TargetConcurrency.Of(spec),
            Load = seen.Load,
            State = seen.Scaling,
            Now = seen.Now,
            IdleFor = seen.Now - lastActive,
            KeepAlive = seen.KeepAlive.Duration,
        });
    }

    private static Dictionary<string, int> Missing(FunctionObservation seen, FunctionWorkers workers, Rollout rollout) => seen.PoolExists
        ? rollout.Wanted
            .Select(w => KeyValuePair.Create(w.Key, w.Value - workers.Live(w.Key)))
            .Where(m => m.Value > 0 && !(workers.ShortOfGpu.Count > 0 && rollout.IsStandIn(m.Key)))
            .ToDictionary()
        : [];

    /// <summary>A revision's workers beyond the wanted number, the newest first: the oldest have the warmest caches.</summary>
    private static IEnumerable<WorkerRelease> Surplus(FunctionObservation seen, FunctionWorkers workers, ScaleDecision scale, Rollout rollout)
    {
        var reason = seen.Function.Spec.Suspend ? ReleaseReason.Suspended
            : scale.Reason == ScaleReason.Idle ? ReleaseReason.Idle
            : ReleaseReason.ScaledDown;
        return rollout.Wanted.SelectMany(w =>
        {
            var serving = workers.ServingOf(w.Key).ToArray();
            return serving
                .OrderByDescending(p => p.LastUsed())
                .ThenByDescending(p => p.Name(), StringComparer.Ordinal)
                .Take(Math.Max(0, serving.Length - w.Value))
                .Select(p => new WorkerRelease(p, reason));
        });
    }

    /// <summary>Workers that serve a revision without traffic.</summary>
    private static IEnumerable<V1Pod> Unwanted(FunctionObservation seen, FunctionWorkers workers, Rollout rollout) => workers.Serving
        .Where(p => !rollout.Wanted.ContainsKey(FunctionWorkers.RevisionOf(p)))
        .OrderBy(p => p.LastUsed())
        .ThenBy(p => p.Name(), StringComparer.Ordinal);

    private static ReleaseReason Reason(FunctionObservation seen) => seen.Function.Spec.Suspend ? ReleaseReason.Suspended : ReleaseReason.Outdated;

    private static bool IsLingering(V1Pod worker, ScaleDecision scale, FunctionWorkers workers, FunctionObservation seen) =>
        scale.Desired > 0 && workers.ShortOfGpu.Count == 0 && LingersUntil(worker, seen) > seen.Now;

    /// <summary>Since it last had traffic, or was claimed for a request that named its revision.</summary>
    private static DateTimeOffset LingersUntil(V1Pod worker, FunctionObservation seen)
    {
        var claimed = worker.LastUsed() ?? DateTimeOffset.MinValue;
        var last = seen.Routed.TryGetValue(FunctionWorkers.RevisionOf(worker), out var routed) && routed > claimed ? routed : claimed;
        return last + (seen.KeepAlive.Duration < LongestLinger ? seen.KeepAlive.Duration : LongestLinger);
    }

    /// <summary>
    /// Where no node has a GPU for a new worker beside the old ones, an old one goes for each new one that waits: those without traffic first (they do not linger then), then those
    /// that only stand in. What is on its way out counts.
    /// </summary>
    private static IEnumerable<(V1Pod? Old, V1Pod New)> Replacements(FunctionObservation seen, FunctionWorkers workers, Rollout rollout)
    {
        var waiting = workers.ShortOfGpu.Where(p => rollout.HasStandIn(FunctionWorkers.RevisionOf(p))).ToLookup(p => seen.Replaced.Contains(p.Uid()));
        var leaving = Unwanted(seen, workers, rollout).Count() + seen.Workers.Count(p => IsReleasing(p, seen)) - waiting[true].Count();
        var old = workers.Serving
            .Where(p => rollout.IsStandIn(FunctionWorkers.RevisionOf(p)))
            .OrderBy(p => p.LastUsed())
            .ThenBy(p => p.Name(), StringComparer.Ordinal);
        return Enumerable.Repeat<V1Pod?>(null, Math.Max(0, leaving)).Concat(old).Zip(waiting[false]);
    }

    private static bool IsReleasing(V1Pod worker, FunctionObservation seen) => seen.Releasing.Contains(worker.Uid());

    private static bool IsOpen(string hash, FunctionObservation seen) => !(seen.ActivateFrom.TryGetValue(hash, out var from) && seen.Now < from);

    private static TimeSpan ClaimedFor(V1Pod worker, FunctionObservation seen) => seen.Now - (worker.LastUsed() ?? DateTimeOffset.MinValue);

    private static bool MayAssign(V1Pod worker, FunctionObservation seen) =>
        worker.GetAnnotation(HearthAnnotations.ClaimedBy) == seen.Identity || ClaimedFor(worker, seen) >= ClaimLimits.TakeOverAfter;

    /// <summary>
    /// No progress can come: it took too long; it never became Ready and the request it was made for has timed out; the function is suspended and its claimer will not go
    /// on; or no node has room for it, and its revision is on its way out.
    /// </summary>
    private static bool IsStuck(V1Pod worker, ScaleDecision scale, Rollout rollout, FunctionObservation seen) =>
        ClaimedFor(worker, seen) >= ClaimLimits.GiveUpAfter
        || (scale.Desired == 0 && !worker.IsReady() && ClaimedFor(worker, seen) >= UnusedAfter(seen))
        || (seen.Function.Spec.Suspend && MayAssign(worker, seen))
        || (IsOnItsWayOut(FunctionWorkers.RevisionOf(worker), rollout) && PodProblem.Of(worker)?.Reason == PodProblem.Unschedulable);

    private static bool IsOnItsWayOut(string hash, Rollout rollout) => !rollout.Wanted.ContainsKey(hash) || rollout.IsStandIn(hash);

    private static TimeSpan UnusedAfter(FunctionObservation seen) => seen.Function.Spec.Timeout + ClaimLimits.TakeOverAfter;

    private static TimeSpan? RecheckAfter(
        FunctionObservation seen, FunctionWorkers workers, ScaleDecision scale, Rollout rollout, Dictionary<string, int> missing)
    {
        var times = workers.Starting
            .SelectMany(p => new[] { ClaimLimits.TakeOverAfter, UnusedAfter(seen), ClaimLimits.GiveUpAfter }.Select(limit => limit - ClaimedFor(p, seen)))
            .Append(workers.Any ? scale.RecheckAfter ?? TimeSpan.Zero : TimeSpan.Zero)
            .Append(seen.PreWarm.RecheckAfter ?? TimeSpan.Zero)
            .Concat(Unwanted(seen, workers, rollout).Select(p => LingersUntil(p, seen) - seen.Now))
            .Concat(missing.Keys.Where(hash => !IsOpen(hash, seen)).Select(hash => seen.ActivateFrom[hash] - seen.Now));
        return times.Where(t => t > TimeSpan.Zero).Select(t => (TimeSpan?)t).Min();
    }
}
