using Hearth.Policies.Revisions;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Decides which revision has the traffic, and how many workers each needs for its share. Pure.</summary>
/// <remarks>
/// The latest revision takes its share over when as many of its workers are ready as the share's load needs, though not more than serve it now, and at least one. A share's
/// load is the function's, by percent. While the new ones start, the old ones stay, so there are up to twice <c>scale.max</c> workers for that time.
/// </remarks>
internal static class RolloutPlanner
{
    private const double Hundred = 100;

    /// <summary>How requests are routed before this plan.</summary>
    public static IReadOnlyList<TrafficRoute> Routes(FunctionObservation seen, FunctionWorkers workers, string? ready) =>
        TrafficRouting.Resolve(seen.Function, seen.Hash, ready, hash => Know(seen, workers, hash));

    /// <summary>The rollout for a number of workers that the scaler wants for the function as a whole.</summary>
    public static Rollout Plan(FunctionObservation seen, FunctionWorkers workers, ScaleDecision scale)
    {
        var needed = Needed(seen, workers, scale);
        var ready = Ready(seen, workers, needed);
        var routes = Routes(seen, workers, ready);
        return new() { Ready = ready, Routes = routes, Wanted = Wanted(seen, workers, scale, routes), Needed = needed };
    }

    private static int Needed(FunctionObservation seen, FunctionWorkers workers, ScaleDecision scale)
    {
        var percent = seen.Function.Spec.Traffic is { Count: > 0 } targets ? targets.Where(t => t.Latest).Sum(t => t.Percent) : (int)Hundred;
        var before = seen.Ready is { } ready ? workers.Ready(ready) : 0;
        return Math.Max(1, Math.Min(Share(scale.Desired, percent), before));
    }

    private static string? Ready(FunctionObservation seen, FunctionWorkers workers, int needed)
    {
        var warm = workers.Ready(seen.Hash);
        if (warm == 0 || seen.Ready == seen.Hash)
            return seen.Ready;
        // Without room for both, the traffic moves when the new ones are as many as the old ones that are left.
        return seen.Ready is not { } before || !workers.Has(before) || warm >= needed || (workers.ShortOfGpu.Count > 0 && warm >= workers.Ready(before))
            ? seen.Hash
            : before;
    }

    private static RevisionFacts? Know(FunctionObservation seen, FunctionWorkers workers, string hash) =>
        seen.Revisions.ContainsKey(hash) ? new(workers.Has(hash), workers.HasFailed(hash) || (hash == seen.Hash && seen.IsToldToFail)) : null;

    private static Dictionary<string, int> Wanted(FunctionObservation seen, FunctionWorkers workers, ScaleDecision scale, IReadOnlyList<TrafficRoute> routes)
    {
        // The first worker is the gateways' business, and that of each revision too: the others are kept warm once there is one.
        var total = workers.Any ? scale.Desired : Math.Min(scale.Desired, seen.Min);
        var least = workers.Any && total > 0 ? 1 : 0;
        var wanted = new Dictionary<string, int>();
        foreach (var served in routes.GroupBy(route => route.Served))
        {
            var share = Share(total, served.Sum(route => route.Percent));
            // While the load is not known no worker goes, and none comes for the rounding of shares.
            wanted[served.Key] = scale.Reason == ScaleReason.NoData ? Math.Max(least, workers.Live(served.Key)) : Math.Max(least, share);
        }
        foreach (var waiting in routes.Where(route => route.Asked is not null && route.Asked != route.Served).GroupBy(route => route.Asked!))
            wanted[waiting.Key] = Math.Max(wanted.GetValueOrDefault(waiting.Key), Math.Max(least, Share(total, waiting.Sum(route => route.Percent))));
        return wanted;
    }

    private static int Share(int workers, int percent) => (int)Math.Ceiling(workers * percent / Hundred);
}
