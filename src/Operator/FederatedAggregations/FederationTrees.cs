using System.Text;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Informers;
using Hearth.Operator.Workers;
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Sees where aggregators may run, takes and assigns their workers, and tells the top which there are.</summary>
internal sealed class FederationTrees(
    WorkerCache workers, IInformer<FederatedAggregation> federations, IInformer<V1Secret> secrets, WorkerActivations activations, IWorkerControl control, TimeProvider time)
{
    // A reconcile waits for the answer, which the worker has at hand.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What the leaves are planned from.</summary>
    public TreeObservation Observe(FederatedAggregation federation, WorkerPool? pool, TreeMemory memory) => new()
    {
        Nodes = pool is null || !MayHaveLeaves(federation, memory) ? [] : FindNodes(federation, pool),
        Arrivals = memory.Arrivals,
        WaitingSince = memory.WaitingSince,
        Unneeded = memory.Unneeded,
        TakeFrom = memory.Taking.OpensAt,
        Started = memory.Started,
        StartedSinceRound = memory.StartedSinceRound,
        ToldTo = memory.ToldTo,
        Version = memory.Version,
    };

    /// <summary>Takes a worker for a place, on its node where one is idle there.</summary>
    public async Task TakeAsync(FederatedAggregation federation, WorkerPool pool, AggregatorPlace place, TreeMemory memory, CancellationToken cancel)
    {
        var worker = await activations.TakeAsync(AggregatorClaim.Owner(federation, place.Slot), pool, cancel, place.Node);
        if (activations.IsStarted(worker))
            memory.OnStarted();
    }

    /// <summary>Starts to assign a claimed worker.</summary>
    public void Assign(FederatedAggregation federation, V1Pod worker, Action retry)
    {
        var secret = secrets.Get(WorkerPoolSecret.Name(worker.GetLabel(HearthLabels.Pool) ?? ""), worker.Namespace());
        var token = secret?.Data?.GetValueOrDefault(WorkerPoolSecret.TokenKey) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded)) : "";
        activations.Assign(worker, AggregatorClaim.Assignment(federation, AggregatorSlots.Of(worker), token), retry);
    }

    /// <summary>Tells the top its plan, unless it has it; true when it took one. A top that cannot be told now is told by the next reconcile.</summary>
    public async Task<bool> TellAsync(V1Pod top, AggregationPlan wire, TreeMemory memory, CancellationToken cancel)
    {
        var assignment = top.GetAnnotation(HearthAnnotations.Assignment) ?? "";
        if (memory.ToTell(wire, assignment, time.GetUtcNow()) is not { } plan)
            return false;
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var isTaken = await control.PutPlanAsync(top, plan, either.Token);
            if (isTaken)
                memory.Told(plan, assignment);
            return isTaken;
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"Worker \"{top.Name()}\" did not take its plan within {Patience.TotalSeconds} s.", e);
        }
    }

    /// <summary>One that never has a leaf is spared the look at the others.</summary>
    private static bool MayHaveLeaves(FederatedAggregation federation, TreeMemory memory) => federation.Spec.Hierarchy is not { Levels: HierarchyLevels.One }
        && (federation.Spec.Hierarchy.Levels != HierarchyLevels.Auto
            || Math.Max(Math.Max(federation.Spec.Clients.MinPerRound, federation.Status?.Clients ?? 0), memory.Arrivals.Updates ?? 0) > federation.Spec.Hierarchy.MaxFanIn);

    private IReadOnlyList<AggregatorNode> FindNodes(FederatedAggregation federation, WorkerPool pool)
    {
        var load = LoadOfOthers(federation);
        return
        [
            .. workers.OfPool(pool.Namespace(), pool.Name())
                .Where(p => p.Spec.NodeName is { Length: > 0 } && !p.IsGone())
                .GroupBy(p => p.Spec.NodeName!)
                .Select(n => new AggregatorNode(n.Key, federation.Spec.Hierarchy.NodeCapacity, load.GetValueOrDefault(n.Key), n.Count(p => p.IsClaimable())))
                .OrderBy(n => n.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Updates that the trees of other federations are made for, by node: all of them may come at once.</summary>
    private Dictionary<string, double> LoadOfOthers(FederatedAggregation federation)
    {
        var load = new Dictionary<string, double>();
        foreach (var tree in federations.List().Where(f => f.Uid() != federation.Uid()).Select(f => f.Status?.Tree).OfType<AggregationTree>())
        {
            var leaves = tree.Slots.Where(s => s.Role != AggregatorRole.Top && s.Node is not null).ToArray();
            foreach (var leaf in leaves)
                load[leaf.Node!] = load.GetValueOrDefault(leaf.Node!) + (tree.ExpectedUpdates / leaves.Length);
        }
        return load;
    }
}
