using Hearth.Activation;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What the status says of a federation's aggregators.</summary>
internal static class MakeTreeStatus
{
    /// <summary>The status with its tree, and what the tree has moved and cost so far.</summary>
    /// <param name="status">All else.</param>
    /// <param name="before">The status as it was last written.</param>
    /// <param name="seen">What was observed.</param>
    /// <param name="top">What is planned for the top.</param>
    /// <param name="tree">What is planned for the leaves.</param>
    public static FederatedAggregationStatus Add(
        FederatedAggregationStatus status, FederatedAggregationStatus before, FederationObservation seen, FederationPlan top, TreePlan tree)
    {
        var reports = top.Report?.Progress?.Federation?.Tree ?? [];
        return status with
        {
            Tree = tree.Workers.Count == 0 ? null : MakeTree(seen, tree, reports),
            // Another top counts from nothing.
            BytesOnNode = Math.Max(before.BytesOnNode, reports.Sum(r => r.BytesOnNode)),
            BytesAcross = Math.Max(before.BytesAcross, reports.Sum(r => r.BytesAcross)),
            WorkerStarts = before.WorkerStarts + seen.Tree.Started,
            WorkerReuses = before.WorkerReuses + Reuses(status, before, seen),
        };
    }

    /// <summary>Rounds that were published since.</summary>
    public static int Published(FederatedAggregationStatus status, FederatedAggregationStatus? before) =>
        Math.Max(0, (status.Model?.Version ?? 0) - (before?.Model?.Version ?? 0));

    private static AggregationTree MakeTree(FederationObservation seen, TreePlan tree, IReadOnlyList<AggregatorReport> reports)
    {
        var slots = tree.Places.Select(place => MakeSlot(place.Slot, place.Parent, tree, reports)).ToArray();
        return new()
        {
            Version = seen.Tree.Version,
            ExpectedUpdates = Math.Round(tree.ExpectedUpdates, 1),
            Nodes = slots.Select(s => s.Node).OfType<string>().Distinct().Count(),
            Aggregators = slots.Count(s => s.Worker is not null),
            Levels = 1 + (slots.Length > 1 ? 1 : 0) + (slots.Any(s => s.Role == AggregatorRole.Middle) ? 1 : 0),
            Slots = slots,
        };
    }

    private static AggregatorStatus MakeSlot(string slot, string? parent, TreePlan tree, IReadOnlyList<AggregatorReport> reports)
    {
        var worker = tree.Workers.GetValueOrDefault(slot);
        var report = reports.FirstOrDefault(r => r.Slot == slot);
        return new()
        {
            Slot = slot,
            Role = parent is null ? AggregatorRole.Top : tree.Places.Any(p => p.Parent == slot) ? AggregatorRole.Middle : AggregatorRole.Leaf,
            Worker = worker?.Name(),
            Node = worker?.Spec.NodeName,
            Parent = parent,
            Ready = worker?.State() == WorkerState.Assigned,
            Received = report?.Received ?? 0,
            Folded = report?.Folded ?? 0,
        };
    }

    /// <summary>Each round needs its leaves, middles and top filled anew; whoever was there already was not started for it.</summary>
    private static int Reuses(FederatedAggregationStatus status, FederatedAggregationStatus before, FederationObservation seen)
    {
        var places = before.Tree is { } tree ? tree.Aggregators + tree.Slots.Count(s => s is { Role: AggregatorRole.Middle, Worker: not null }) : 1;
        return Math.Max(0, (Published(status, before) * places) - (Published(status, before) > 0 ? seen.Tree.StartedSinceRound : 0));
    }
}
