using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Decides what a federation's leaves need: the aggregators that take updates for the top. Pure.</summary>
/// <remarks>
/// The pods are what is in place; <see cref="HierarchyPlanner"/> says what is to be. Leaves are taken once a top has taken a plan, all at once. A leaf that is lost is
/// replaced in its place. One that the next round does not need stays for the keep-alive, and is given back in a later round than the one in which it was
/// last needed: it may hold updates of that one. When a round has waited for clients as long, all leaves go. While a top is being replaced, nothing changes.
/// </remarks>
internal static class TreePlanner
{
    /// <summary>The plan for what was observed.</summary>
    /// <param name="seen">What was observed.</param>
    /// <param name="top">What is planned for the top.</param>
    public static TreePlan Plan(FederationObservation seen, FederationPlan top)
    {
        var live = seen.Workers.Where(p => p.IsLeaf() && !p.IsDeleting()).ToArray();
        var lost = FederationPlanner.Lost(live, seen).ToArray();
        var sound = live.Except(lost.Select(l => l.Worker)).Where(p => !seen.Releasing.Contains(p.Uid()))
            .OrderBy(p => p.State() != WorkerState.Assigned).ThenBy(p => p.LastUsed()).ThenBy(p => p.Name(), StringComparer.Ordinal).ToArray();
        var kept = sound.Where(seen.IsCurrent).DistinctBy(AggregatorSlots.Of).ToDictionary(AggregatorSlots.Of);
        var expected = Expect(seen, top);
        var places = Places(seen, top, kept, expected);
        var wanted = places.Select(p => p.Slot).ToHashSet();
        var unneeded = kept.Values.Where(p => !wanted.Contains(AggregatorSlots.Of(p))).ToArray();
        var serves = top.Aggregator?.State() == WorkerState.Assigned;
        var isOpen = !(seen.Now < seen.Tree.TakeFrom);
        var missing = serves && seen.PoolExists ? places.Where(p => p.Parent is not null && !kept.ContainsKey(p.Slot)).ToArray() : [];
        return new()
        {
            Places = places,
            ExpectedUpdates = expected,
            Workers = top.Aggregator is { } leader ? new Dictionary<string, V1Pod>(kept) { [HierarchyPlanner.Top] = leader } : kept,
            Lost = lost.Where(l => l.Reason != ReleaseReason.Draining).Select(l => l.Worker).ToArray(),
            Unneeded = unneeded,
            Take = isOpen ? missing : [],
            Adopt = [.. kept.Values.Where(p => p.GetController()?.Uid != seen.Federation.Uid())],
            Assign = [.. kept.Values.Where(p => FederationPlanner.IsAssignable(p, seen))],
            Release =
            [
                .. lost.Where(l => !seen.Releasing.Contains(l.Worker.Uid())),
                .. sound.Except(kept.Values).Select(p => (p, seen.IsCurrent(p) ? ReleaseReason.ScaledDown : ReleaseReason.Outdated)),
                .. unneeded.Select(p => (p, Dismissal(p, seen, top))).Where(p => p.Item2 is not null).Select(p => (p.p, p.Item2!.Value)),
            ],
            Wire = serves ? MakeWire(seen, top.Aggregator!, [.. kept.Values.Where(p => wanted.Contains(AggregatorSlots.Of(p)))]) : null,
            RecheckAfter = missing.Length > 0 && !isOpen ? seen.Tree.TakeFrom - seen.Now : null,
        };
    }

    private static double Expect(FederationObservation seen, FederationPlan top)
    {
        var clients = seen.Federation.Spec.Clients;
        return seen.Tree.Arrivals.Expect(top.Report?.Progress?.Federation?.Clients ?? seen.Before?.Clients ?? 0, clients.MinPerRound, clients.MaxPerRound);
    }

    private static IReadOnlyList<AggregatorPlace> Places(
        FederationObservation seen, FederationPlan top, Dictionary<string, V1Pod> kept, double expected)
    {
        var leader = new AggregatorPlace(HierarchyPlanner.Top, top.Aggregator?.Spec.NodeName);
        if (IsOver(seen, top) || IsIdle(seen))
            return [leader];
        AggregatorPlace[] now = [leader, .. kept.Values.Select(p => new AggregatorPlace(AggregatorSlots.Of(p), p.Spec.NodeName))];
        if (top.Aggregator?.State() != WorkerState.Assigned || seen.Tree.ToldTo != top.Aggregator.GetAnnotation(HearthAnnotations.Assignment))
            return [leader, .. HierarchyPlanner.Connect(now[1..], seen.Federation.Spec.Hierarchy.Levels)];
        return HierarchyPlanner.Plan(new(expected, seen.Federation.Spec.Hierarchy, seen.Federation.Spec.MaxAggregators), seen.Tree.Nodes, now);
    }

    private static bool IsOver(FederationObservation seen, FederationPlan top) => seen.Federation.Spec.Suspend || top.IsComplete || top.IsFailed;

    private static bool IsIdle(FederationObservation seen) => seen.Now - seen.Tree.WaitingSince >= seen.Federation.Spec.Hierarchy.KeepAlive;

    /// <summary>Why a leaf that is not needed is given back now; null while it stays.</summary>
    private static ReleaseReason? Dismissal(V1Pod leaf, FederationObservation seen, FederationPlan top)
    {
        if (IsOver(seen, top))
            return seen.Federation.Spec.Suspend ? ReleaseReason.Suspended : top.IsComplete ? ReleaseReason.Completed : ReleaseReason.Failed;
        if (IsIdle(seen))
            return ReleaseReason.Idle;
        if (!seen.Tree.Unneeded.TryGetValue(leaf.Uid(), out var since) || seen.Now - since.At < seen.Federation.Spec.Hierarchy.KeepAlive)
            return null;
        var isFree = top.Report?.Progress?.Federation is { } progress && (progress.Round > since.Round || progress.Phase == RoundPhase.Selecting);
        return isFree ? ReleaseReason.ScaledDown : null;
    }

    /// <summary>Only leaves that take updates are in it.</summary>
    private static AggregationPlan MakeWire(FederationObservation seen, V1Pod top, IReadOnlyList<V1Pod> leaves)
    {
        var ready = leaves.Where(p => p.State() == WorkerState.Assigned && p.IsReady() && p.DataUri() is not null).ToDictionary(AggregatorSlots.Of);
        var tree = HierarchyPlanner.Connect([.. ready.Select(l => new AggregatorPlace(l.Key, l.Value.Spec.NodeName))], seen.Federation.Spec.Hierarchy.Levels);
        return new() { Aggregators = [Planned(new(HierarchyPlanner.Top, null), top), .. tree.Select(place => Planned(place, ready[place.Slot]))] };
    }

    private static PlannedAggregator Planned(AggregatorPlace place, V1Pod worker) => new()
    {
        Slot = place.Slot,
        Pod = worker.Name(),
        Node = worker.Spec.NodeName ?? "",
        Address = worker.DataUri()?.Authority ?? "",
        AssignmentId = worker.GetAnnotation(HearthAnnotations.Assignment) ?? "",
        Parent = place.Parent,
    };
}
