using System.Globalization;
using Hearth.Activation;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Api.Workers;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>The status of a federation, from what was observed and planned.</summary>
internal static class MakeFederationStatus
{
    /// <summary>Status of a federation whose spec breaks rules: what there is stays, and the faults are named.</summary>
    public static FederatedAggregationStatus Invalid(FederatedAggregation federation, IReadOnlyList<FieldError> faults, DateTimeOffset now)
    {
        var conditions = new ConditionSet(federation.Status?.Conditions, federation.Metadata.Generation, now);
        conditions.Set(FederatedAggregationConditions.Succeeded, ConditionStatus.False, FederatedAggregationConditions.InvalidSpec, string.Join("; ", faults));
        return (federation.Status ?? new()) with { ObservedGeneration = federation.Metadata.Generation, Conditions = conditions.Conditions };
    }

    /// <summary>Status of a federation that is being kept.</summary>
    /// <param name="seen">What was observed.</param>
    /// <param name="plan">What is being done about its top.</param>
    /// <param name="tree">What is being done about its leaves.</param>
    /// <param name="gatewayUrl">Where clients reach a gateway; null when none is known.</param>
    /// <param name="trouble">What the API server refused; null when nothing.</param>
    public static FederatedAggregationStatus Of(FederationObservation seen, FederationPlan plan, TreePlan tree, string? gatewayUrl, string? trouble)
    {
        var status = MakeTreeStatus.Add(Progress(seen, plan), seen.Before ?? new(), seen, plan, tree);
        var conditions = new ConditionSet(seen.Before?.Conditions, seen.Federation.Metadata.Generation, seen.Now);
        var pool = SetPoolAvailable(conditions, seen);
        SetAggregatorReady(conditions, seen, plan, pool);
        SetSucceeded(conditions, seen, plan, status, pool, gatewayUrl, trouble);
        return status with { Conditions = conditions.Conditions };
    }

    /// <summary>What the aggregator says, and without one what was last known.</summary>
    private static FederatedAggregationStatus Progress(FederationObservation seen, FederationPlan plan)
    {
        var before = seen.Before ?? new();
        var status = before with
        {
            ObservedGeneration = seen.Federation.Metadata.Generation,
            Worker = plan.Aggregator?.Name(),
            Restarts = before.Restarts + (plan.IsRestart ? 1 : 0),
        };
        if (plan.Report?.Progress?.Federation is not { } progress)
            return status with { Model = Model(seen, plan, before.Model?.Version, before.Model?.Digest) };
        return status with
        {
            Round = progress.Round,
            Phase = progress.Phase,
            Clients = progress.Clients,
            Updates = new()
            {
                Received = progress.Received,
                Folded = progress.Folded,
                Rejected = progress.Rejected,
                // Another aggregator knows nothing of what the last one refused.
                LastRefusal = progress.LastRefusal ?? before.Updates.LastRefusal,
            },
            Model = Model(seen, plan, progress.ModelVersion, progress.ModelDigest),
        };
    }

    private static FederatedModel? Model(FederationObservation seen, FederationPlan plan, int? version, string? digest)
    {
        if (version is not { } number)
            return null;
        var output = seen.Federation.Spec.Output.Uri.TrimEnd('/');
        var file = plan.IsComplete ? "model.json" : string.Create(CultureInfo.InvariantCulture, $"models/{number}/model.json");
        return new() { Version = number, Digest = digest, Uri = $"{output}/{file}" };
    }

    private static V1Condition SetPoolAvailable(ConditionSet conditions, FederationObservation seen)
    {
        const string Type = FederatedAggregationConditions.PoolAvailable;
        var (pool, ns) = (seen.Federation.Spec.Pool, seen.Federation.Namespace());
        return seen.PoolExists
            ? conditions.Set(Type, ConditionStatus.True, FederatedAggregationConditions.PoolFound, PoolMessages.Found(pool))
            : conditions.Set(
                Type, ConditionStatus.False, FederatedAggregationConditions.PoolNotFound,
                PoolMessages.NotFound(pool, ns));
    }

    private static void SetAggregatorReady(ConditionSet conditions, FederationObservation seen, FederationPlan plan, V1Condition pool)
    {
        var (status, reason, message) = plan.Aggregator switch
        {
            { } worker when worker.State() != WorkerState.Assigned =>
                (ConditionStatus.False, FederatedAggregationConditions.Starting, Starting(plan)),
            { } worker when plan.Report?.Trouble is { } trouble =>
                (ConditionStatus.Unknown, FederatedAggregationConditions.NotAnswering, $"Worker \"{worker.Name()}\" does not answer: {trouble}"),
            { } worker => (ConditionStatus.True, FederatedAggregationConditions.Serving, $"Worker \"{worker.Name()}\" answers clients."),
            null when plan.IsComplete =>
                (ConditionStatus.False, FederatedAggregationConditions.Completed, "The aggregator has done its work and was given back."),
            null when plan.IsFailed => Failure(conditions, plan),
            null when seen.Federation.Spec.Suspend => (ConditionStatus.False, FederatedAggregationConditions.Suspended, "spec.suspend is true."),
            null when plan.IsDormant => (ConditionStatus.False, FederatedAggregationConditions.NobodyAsks,
                $"No client has asked for {seen.Federation.Spec.Hierarchy.KeepAlive.TotalSeconds} s, so nothing runs. The next request brings an aggregator."),
            null when plan.Failure is { } failure => (ConditionStatus.False, FederatedAggregationConditions.AggregatorLost, Lost(failure, seen)),
            null when !seen.PoolExists => (ConditionStatus.False, pool.Reason, pool.Message),
            _ => Waiting(conditions),
        };
        conditions.Set(FederatedAggregationConditions.AggregatorReady, status, reason, message);
    }

    private static void SetSucceeded(
        ConditionSet conditions, FederationObservation seen, FederationPlan plan, FederatedAggregationStatus after, V1Condition pool, string? gatewayUrl,
        string? trouble)
    {
        var aggregator = conditions.Conditions.Single(c => c.Type == FederatedAggregationConditions.AggregatorReady);
        var spec = seen.Federation.Spec;
        var (status, reason, message) =
            plan.IsComplete ? (ConditionStatus.True, FederatedAggregationConditions.Completed, $"{after.Model?.Version} rounds are published. The model is {after.Model?.Uri}")
            : plan.IsFailed ? Failure(conditions, plan)
            : spec.Suspend ? (ConditionStatus.Unknown, FederatedAggregationConditions.Suspended, "spec.suspend is true.")
            : plan.Aggregator is null && pool.Status == ConditionStatus.False ? (ConditionStatus.Unknown, pool.Reason, pool.Message)
            : aggregator.Status == ConditionStatus.False && !plan.IsDormant ? (ConditionStatus.Unknown, aggregator.Reason, aggregator.Message)
            : AtWork(seen, after, gatewayUrl);
        conditions.Set(FederatedAggregationConditions.Succeeded, status, reason, trouble is null ? message : $"{message} {trouble}");
    }

    private static (string Status, string Reason, string Message) AtWork(FederationObservation seen, FederatedAggregationStatus after, string? gatewayUrl)
    {
        var (spec, round) = (seen.Federation.Spec, $"Round {after.Round} of {seen.Federation.Spec.Rounds}");
        if (after.Phase != RoundPhase.Selecting || after.Clients >= spec.Clients.MinPerRound)
            return (ConditionStatus.Unknown, FederatedAggregationConditions.Running, $"{round}: {after.Phase}.");
        var url = gatewayUrl is null ? "the gateway" : $"{gatewayUrl.TrimEnd('/')}/federations/{seen.Federation.Namespace()}/{seen.Federation.Name()}/";
        return (ConditionStatus.Unknown, FederatedAggregationConditions.WaitingForClients,
            $"{round} waits for clients: {after.Clients} of at least {spec.Clients.MinPerRound} have joined. They join at {url}");
    }

    /// <summary>The failure, from where it is known still: the worker, else the status.</summary>
    private static (string Status, string Reason, string Message) Failure(ConditionSet conditions, FederationPlan plan) =>
        plan.Failure is { Retriable: false } failure
            ? (ConditionStatus.False, failure.Reason, failure.Message)
            : (ConditionStatus.False,
                conditions.Before(FederatedAggregationConditions.Succeeded)!.Reason, conditions.Before(FederatedAggregationConditions.Succeeded)!.Message);

    private static string Lost(AssignmentFailure failure, FederationObservation seen) => seen.TakeFrom > seen.Now
        ? $"{failure.Reason}: {failure.Message.TrimEnd('.')}. Another aggregator is taken at {seen.TakeFrom:HH:mm:ss}Z."
        : $"{failure.Reason}: {failure.Message.TrimEnd('.')}. Another aggregator is being taken.";

    /// <summary>Between the loss of an aggregator and the next one the status keeps saying why.</summary>
    private static (string Status, string Reason, string Message) Waiting(ConditionSet conditions) =>
        conditions.Before(FederatedAggregationConditions.AggregatorReady) is { Reason: FederatedAggregationConditions.AggregatorLost } lost
            ? (ConditionStatus.False, lost.Reason, lost.Message)
            : (ConditionStatus.False, FederatedAggregationConditions.Starting, "A worker is being taken.");

    private static string Starting(FederationPlan plan)
    {
        var problem = PodProblem.Of(plan.Aggregator!);
        var name = plan.Aggregator!.Name();
        return problem is null ? $"Worker \"{name}\" starts and reads what is in the output directory." : $"Worker \"{name}\" does not start: {problem}.";
    }
}
