using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Decides what a function needs done. Pure.</summary>
/// <remarks>
/// A worker is never given back while it loads: it is Claimed then, and what is Claimed is only taken from it when no progress can come any more.
/// The first worker for a request is the gateways' business; the operator keeps <c>scale.min</c> and pre-warm windows, follows the load above the first, and
/// replaces workers that are no longer what the function asks for.
/// </remarks>
internal static class FunctionPlanner
{
    /// <summary>The plan for what was observed.</summary>
    public static FunctionPlan Plan(FunctionObservation seen)
    {
        var spec = seen.Function.Spec;
        var present = seen.Workers.Where(p => !p.IsDeleting()).ToArray();
        var lost = Lost(present).ToArray();
        var sound = present.Except(lost.Select(l => l.Worker)).ToArray();

        var serving = sound.Where(p => p.State() == WorkerState.Assigned && !IsReleasing(p, seen)).ToArray();
        var starting = sound.Where(p => p.State() == WorkerState.Claimed).ToArray();
        var current = serving.Where(seen.IsCurrent).ToArray();
        var live = current.Length + starting.Count(seen.IsCurrent);

        var scale = spec.Suspend ? new(0, ScaleReason.Maximum) : Scale(seen, live, serving.Concat(starting));
        var activate = MissingWorkers(seen, scale, live, hasAny: serving.Length + starting.Length > 0);
        var unattended = starting.Where(p => !seen.Assigning.Contains(p.Uid()) && !IsReleasing(p, seen)).ToArray();
        var stuck = unattended.Where(p => IsStuck(p, scale, seen)).ToArray();
        return new()
        {
            Scale = scale,
            Serving = serving,
            Starting = starting,
            Failed = lost.Where(l => l.Reason == ReleaseReason.Failed).Select(l => l.Worker).ToArray(),
            Activate = IsOpen(seen) ? activate : 0,
            Adopt = serving.Concat(starting).Where(p => p.GetController()?.Uid != seen.Function.Uid()).ToArray(),
            Assign = unattended.Except(stuck).Where(p => p.IsReady() && MayAssign(p, seen)).ToArray(),
            Release =
            [
                .. lost.Where(l => !IsReleasing(l.Worker, seen)),
                .. stuck.Select(p => new WorkerRelease(p, ReleaseReason.Stuck)),
                .. Surplus(seen, scale, current),
                .. Outdated(seen, scale, current.Length, serving),
            ],
            RecheckAfter = RecheckAfter(seen, scale, starting, serving.Length + starting.Length > 0, activate > 0),
        };
    }

    /// <summary>Workers that will not serve again.</summary>
    private static IEnumerable<WorkerRelease> Lost(IEnumerable<V1Pod> present)
    {
        foreach (var worker in present)
        {
            if (worker.State() == WorkerState.Failed)
                yield return new(worker, ReleaseReason.Failed);
            else if (worker.IsGone())
                yield return new(worker, ReleaseReason.Ended);
            else if (worker.State() == WorkerState.Draining)
                yield return new(worker, ReleaseReason.Draining);
            else if (worker.State() == WorkerState.Assigned && worker.LostAssignment())
                yield return new(worker, ReleaseReason.Restarted);
        }
    }

    private static ScaleDecision Scale(FunctionObservation seen, int live, IEnumerable<V1Pod> workers)
    {
        var spec = seen.Function.Spec;
        var lastActive = workers.Select(p => p.LastUsed()).Append(seen.Load.LastActive).Max();
        return ConcurrencyScaler.Decide(new()
        {
            Live = live,
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

    private static int MissingWorkers(FunctionObservation seen, ScaleDecision scale, int live, bool hasAny)
    {
        var wanted = hasAny ? scale.Desired : Math.Min(scale.Desired, seen.Min);
        return seen.PoolExists ? Math.Max(0, wanted - live) : 0;
    }

    /// <summary>Current workers beyond the desired number, the newest first: the oldest have the warmest caches.</summary>
    private static IEnumerable<WorkerRelease> Surplus(FunctionObservation seen, ScaleDecision scale, V1Pod[] current)
    {
        var reason = seen.Function.Spec.Suspend ? ReleaseReason.Suspended
            : scale.Reason == ScaleReason.Idle ? ReleaseReason.Idle
            : ReleaseReason.ScaledDown;
        return current
            .OrderByDescending(p => p.LastUsed())
            .ThenByDescending(p => p.Name(), StringComparer.Ordinal)
            .Take(Math.Max(0, current.Length - scale.Desired))
            .Select(p => new WorkerRelease(p, reason));
    }

    /// <summary>Outdated workers stand in until as many current ones serve as are desired.</summary>
    private static IEnumerable<WorkerRelease> Outdated(FunctionObservation seen, ScaleDecision scale, int current, V1Pod[] serving) => serving
        .Where(p => !seen.IsCurrent(p))
        .OrderBy(p => p.LastUsed())
        .ThenBy(p => p.Name(), StringComparer.Ordinal)
        .Skip(Math.Max(0, scale.Desired - current))
        .Select(p => new WorkerRelease(p, seen.Function.Spec.Suspend ? ReleaseReason.Suspended : ReleaseReason.Outdated));

    private static bool IsReleasing(V1Pod worker, FunctionObservation seen) => seen.Releasing.Contains(worker.Uid());

    private static bool IsOpen(FunctionObservation seen) => !(seen.Now < seen.ActivateFrom);

    private static TimeSpan ClaimedFor(V1Pod worker, FunctionObservation seen) => seen.Now - (worker.LastUsed() ?? DateTimeOffset.MinValue);

    private static bool MayAssign(V1Pod worker, FunctionObservation seen) =>
        worker.GetAnnotation(HearthAnnotations.ClaimedBy) == seen.Identity || ClaimedFor(worker, seen) >= ClaimLimits.TakeOverAfter;

    /// <summary>
    /// No progress can come: it took too long; it never became Ready and the request it was made for has timed out; or the function is suspended
    /// and its claimer will not go on.
    /// </summary>
    private static bool IsStuck(V1Pod worker, ScaleDecision scale, FunctionObservation seen) =>
        ClaimedFor(worker, seen) >= ClaimLimits.GiveUpAfter
        || (scale.Desired == 0 && !worker.IsReady() && ClaimedFor(worker, seen) >= UnusedAfter(seen))
        || (seen.Function.Spec.Suspend && MayAssign(worker, seen));

    private static TimeSpan UnusedAfter(FunctionObservation seen) => seen.Function.Spec.Timeout + ClaimLimits.TakeOverAfter;

    private static TimeSpan? RecheckAfter(
        FunctionObservation seen, ScaleDecision scale, IEnumerable<V1Pod> starting, bool hasAny, bool isShort)
    {
        var times = starting
            .SelectMany(p => new[] { ClaimLimits.TakeOverAfter, UnusedAfter(seen), ClaimLimits.GiveUpAfter }.Select(limit => limit - ClaimedFor(p, seen)))
            .Append(hasAny ? scale.RecheckAfter ?? TimeSpan.Zero : TimeSpan.Zero)
            .Append(seen.PreWarm.RecheckAfter ?? TimeSpan.Zero)
            .Append(isShort && !IsOpen(seen) ? seen.ActivateFrom!.Value - seen.Now : TimeSpan.Zero);
        return times.Where(t => t > TimeSpan.Zero).Select(t => (TimeSpan?)t).Min();
    }
}
