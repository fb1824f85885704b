using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Policies.Pods;

namespace Hearth.Policies.Revisions;

/// <summary>Which revision of a function has which share of its requests. The gateway routes by it, the operator tells it in the status.</summary>
/// <remarks>
/// Only one thing is the operator's word: <c>status.latestReadyRevision</c>, the last revision that was warm enough. So a gateway goes on routing, and follows a change of
/// <c>spec.traffic</c>, while the operator is away.
/// <list type="number">
/// <item>A named revision has its share at once; one that is not known, or does not load and has no worker, leaves it to the latest.</item>
/// <item>The latest revision has its share when it is the last ready one, or when there is nothing to wait for: no other was ever ready, or the last ready one has no
/// worker (from zero no warm-up is needed).</item>
/// <item>Otherwise the last ready revision stands in for it: while that has workers, and from zero when the latest does not load.</item>
/// </list>
/// </remarks>
public static class TrafficRouting
{
    /// <summary>The routes, in the order of <c>spec.traffic</c>.</summary>
    /// <param name="function">The function as the user left it, with its status.</param>
    /// <param name="know">Facts about a revision by its hash; null for one that is not known.</param>
    public static IReadOnlyList<TrafficRoute> Resolve(InferenceFunction function, Func<string, RevisionFacts?> know) =>
        Resolve(function, FunctionHash.Of(function.Spec), StoredRevision.HashOf(function.Name(), function.Status?.LatestReadyRevision), know);

    /// <summary>The routes, for a caller that knows better than the status which revision was ready last.</summary>
    public static IReadOnlyList<TrafficRoute> Resolve(InferenceFunction function, string latest, string? ready, Func<string, RevisionFacts?> know)
    {
        var served = Latest(latest, ready, know);
        if (function.Spec.Traffic is not { Count: > 0 } targets)
            return [new(latest, served, true, 100)];
        return [.. targets.Select(target => Route(function.Name(), target, latest, served, know))];
    }

    private static TrafficRoute Route(string function, TrafficTarget target, string latest, string served, Func<string, RevisionFacts?> know)
    {
        if (target.Latest || target.Revision is null)
            return new(latest, served, true, target.Percent);
        var named = StoredRevision.HashOf(function, target.Revision);
        return named is null || know(named) is not { } facts ? new(null, served, false, target.Percent)
            : facts is { HasFailed: true, HasWorkers: false } ? new(named, served, false, target.Percent)
            : new(named, named, false, target.Percent);
    }

    private static string Latest(string latest, string? ready, Func<string, RevisionFacts?> know)
    {
        if (ready is null || ready == latest || know(ready) is not { } before)
            return latest;
        var isHopeless = know(latest) is { HasFailed: true, HasWorkers: false };
        return before.HasWorkers || isHopeless ? ready : latest;
    }
}
