using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;
using Hearth.Policies.Revisions;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>The status of a function, from what was observed and planned.</summary>
internal static class MakeFunctionStatus
{
    /// <summary>Status of a function whose spec breaks rules: what there is stays, and the faults are named.</summary>
    public static InferenceFunctionStatus Invalid(InferenceFunction function, IReadOnlyList<FieldError> faults, DateTimeOffset now)
    {
        var conditions = Conditions(function, now);
        conditions.Set(InferenceFunctionConditions.Ready, ConditionStatus.False, InferenceFunctionConditions.InvalidSpec, string.Join("; ", faults));
        return (function.Status ?? new()) with { ObservedGeneration = function.Metadata.Generation, Conditions = conditions.Conditions };
    }

    /// <summary>Status of a function that is being kept.</summary>
    /// <param name="seen">What was observed.</param>
    /// <param name="plan">What is being done about it.</param>
    /// <param name="gatewayUrl">Where callers reach a gateway; null when none is known.</param>
    /// <param name="trouble">What the API server refused; null when nothing.</param>
    public static InferenceFunctionStatus Of(FunctionObservation seen, FunctionPlan plan, string? gatewayUrl, string? trouble)
    {
        var function = seen.Function;
        var conditions = Conditions(function, seen.Now);
        var model = SetModelLoaded(conditions, seen, plan);
        var pool = SetPoolAvailable(conditions, seen);
        SetRolledOut(conditions, seen, plan, model);
        SetReady(conditions, seen, plan, model, pool, trouble);
        SetFallbackAvailable(conditions, seen);
        SetBatching(conditions, seen, plan);
        var id = $"{function.Name()}.{function.Namespace()}";
        return new()
        {
            ObservedGeneration = function.Metadata.Generation,
            Url = gatewayUrl is null ? function.Status?.Url : $"{gatewayUrl.TrimEnd('/')}/v1.0/invoke/{id}/method/",
            DaprAppId = id,
            LatestCreatedRevision = Name(seen, seen.Hash),
            LatestReadyRevision = plan.Rollout.Ready is { } ready ? Name(seen, ready) : null,
            Traffic = [.. plan.Rollout.Routes.Select(r => new TrafficStatus { Revision = Name(seen, r.Served), Latest = r.IsLatest, Percent = r.Percent })],
            TrafficSummary = Summary(seen, plan, model),
            Replicas = new() { Ready = plan.Serving.Count(p => p.IsReady()), Starting = plan.Starting.Count },
            LastColdStart = plan.Serving.Select(p => p.ColdStart()).Append(function.Status?.LastColdStart).MaxBy(c => c?.Time),
            Conditions = conditions.Conditions,
        };
    }

    private static V1Condition SetModelLoaded(ConditionSet conditions, FunctionObservation seen, FunctionPlan plan)
    {
        const string Type = InferenceFunctionConditions.ModelLoaded;
        if (plan.Serving.Any(p => FunctionWorkers.RevisionOf(p) == seen.Hash))
            return conditions.Set(Type, ConditionStatus.True, InferenceFunctionConditions.Loaded, "The model is loaded.");
        if (plan.Failure is { } failure)
            return conditions.Set(Type, ConditionStatus.False, failure.Reason, failure.Message);
        // What a revision's workers met stays true of it.
        return conditions.Before(Type) is { } before && seen.Function.Status?.LatestCreatedRevision == Name(seen, seen.Hash)
            ? conditions.Set(Type, before.Status, before.Reason, before.Message)
            : conditions.Set(Type, ConditionStatus.Unknown, InferenceFunctionConditions.NotTried, "No worker has tried yet.");
    }

    private static void SetRolledOut(ConditionSet conditions, FunctionObservation seen, FunctionPlan plan, V1Condition model)
    {
        var waiting = plan.Rollout.Routes.FirstOrDefault(r => r.Asked != r.Served);
        if (waiting.Served is null)
        {
            conditions.Set(
                InferenceFunctionConditions.RolledOut, ConditionStatus.True, InferenceFunctionConditions.RolledOut, $"Requests go to {Summary(seen, plan, model)}.");
            return;
        }
        var served = Name(seen, waiting.Served);
        var (reason, message) = waiting.Asked is not { } asked
            ? (InferenceFunctionConditions.RevisionNotFound,
                $"spec.traffic names a revision that this function has not: see kubectl get controllerrevisions -l {HearthLabels.Function}={seen.Function.Name()}. \"{served}\" has its share.")
            : IsFailing(asked, seen, model)
                ? (InferenceFunctionConditions.RevisionFailed, $"Revision \"{Name(seen, asked)}\" does not load ({model.Reason}: {model.Message}); \"{served}\" keeps the traffic.")
            : plan.IsShortOfGpu
                ? (InferenceFunctionConditions.Recreating, $"No node has a GPU for a worker of \"{Name(seen, asked)}\" beside those of \"{served}\", which go first.")
            : (InferenceFunctionConditions.Warming,
                $"Revision \"{Name(seen, asked)}\" has {plan.Serving.Count(p => p.IsReady() && FunctionWorkers.RevisionOf(p) == asked)} of {plan.Rollout.Needed} workers ready; \"{served}\" serves meanwhile.{Problem(plan)}");
        conditions.Set(InferenceFunctionConditions.RolledOut, ConditionStatus.False, reason, message);
    }

    private static bool IsFailing(string hash, FunctionObservation seen, V1Condition model) => hash == seen.Hash && model.Status == ConditionStatus.False;

    /// <summary>For example <c>fn-1a2b3c4d5e 100% (fn-6f7a8b9c0d starts)</c>.</summary>
    private static string Summary(FunctionObservation seen, FunctionPlan plan, V1Condition model)
    {
        var routes = plan.Rollout.Routes;
        var shares = routes.GroupBy(r => r.Served).Select(r => $"{Name(seen, r.Key)} {r.Sum(route => route.Percent)}%");
        var waiting = routes.Where(r => r.Asked is not null && r.Asked != r.Served).Select(r => r.Asked!).Distinct()
            .Select(hash => $" ({Name(seen, hash)} {(IsFailing(hash, seen, model) ? "fails" : "starts")})");
        return string.Join(", ", shares) + string.Concat(waiting);
    }

    private static string Name(FunctionObservation seen, string hash) => StoredRevision.NameOf(seen.Function.Name(), hash);

    private static V1Condition SetPoolAvailable(ConditionSet conditions, FunctionObservation seen)
    {
        var (pool, ns) = (seen.Function.Spec.Pool, seen.Function.Namespace());
        return seen.PoolExists
            ? conditions.Set(
                InferenceFunctionConditions.PoolAvailable, ConditionStatus.True, InferenceFunctionConditions.PoolFound, PoolMessages.Found(pool))
            : conditions.Set(
                InferenceFunctionConditions.PoolAvailable, ConditionStatus.False, InferenceFunctionConditions.PoolNotFound,
                PoolMessages.NotFound(pool, ns));
    }

    private static void SetFallbackAvailable(ConditionSet conditions, FunctionObservation seen)
    {
        if (seen.Function.Spec.Fallback is not { } name)
            return;
        var (status, reason, message) = seen.Fallback switch
        {
            null => (ConditionStatus.False, InferenceFunctionConditions.FallbackNotFound,
                $"There is no InferenceFunction \"{name}\" in namespace \"{seen.Function.Namespace()}\": create it, or name another in spec.fallback."),
            { Spec.Suspend: true } => (ConditionStatus.False, InferenceFunctionConditions.FallbackSuspended,
                $"InferenceFunction \"{name}\" is suspended, so it does not stand in: set its spec.suspend to false."),
            _ => (ConditionStatus.True, InferenceFunctionConditions.FallbackFound, $"InferenceFunction \"{name}\" stands in."),
        };
        conditions.Set(InferenceFunctionConditions.FallbackAvailable, status, reason, message);
    }

    private static void SetBatching(ConditionSet conditions, FunctionObservation seen, FunctionPlan plan)
    {
        const string Type = InferenceFunctionConditions.Batching;
        var spec = seen.Function.Spec;
        if (spec.Batching is null)
            return;
        var current = plan.Serving.Where(p => FunctionWorkers.RevisionOf(p) == seen.Hash).ToArray();
        var cause = spec.Container is not null ? "A container takes its requests as they come."
            : current.Select(p => p.GetAnnotation(HearthAnnotations.NotBatched)).FirstOrDefault(cause => cause is not null);
        if (cause is not null)
            conditions.Set(Type, ConditionStatus.False, InferenceFunctionConditions.CannotBatch, cause);
        else if (current.Length > 0)
            conditions.Set(Type, ConditionStatus.True, InferenceFunctionConditions.Batched, $"Requests are joined to runs of up to {spec.Batching.MaxSize} rows.");
        else if (conditions.Before(Type) is { } before && before.ObservedGeneration == seen.Function.Metadata.Generation)
            conditions.Set(Type, before.Status, before.Reason, before.Message);
        else
            conditions.Set(Type, ConditionStatus.Unknown, InferenceFunctionConditions.NotTried, "No worker has tried yet.");
    }

    private static void SetReady(
        ConditionSet conditions, FunctionObservation seen, FunctionPlan plan, V1Condition model, V1Condition pool, string? trouble)
    {
        var spec = seen.Function.Spec;
        var serving = plan.Serving.Count(p => p.IsReady());
        var progress = $"Workers: {serving} serving, {plan.Starting.Count} starting.{Problem(plan)}";
        var (status, reason, message) = spec.Suspend ? (ConditionStatus.False, InferenceFunctionConditions.Suspended, "spec.suspend is true.")
            : serving > 0 ? (ConditionStatus.True, InferenceFunctionConditions.Serving, progress)
            : pool.Status == ConditionStatus.False ? (ConditionStatus.False, pool.Reason, pool.Message)
            : model.Status == ConditionStatus.False ? (ConditionStatus.False, model.Reason, model.Message)
            : spec.Scale.Min > 0 ? (ConditionStatus.False, InferenceFunctionConditions.Starting, progress)
            : (ConditionStatus.True, InferenceFunctionConditions.ScaledToZero, $"The next request brings a worker. {progress}");
        var notes = new[] { message, trouble, seen.KeepAlive.Note, seen.PreWarm.Note };
        conditions.Set(InferenceFunctionConditions.Ready, status, reason, string.Join(' ', notes.OfType<string>()));
    }

    private static string Problem(FunctionPlan plan)
    {
        var failing = plan.Starting.Select(p => (Pod: p, Problem: PodProblem.Of(p))).FirstOrDefault(f => f.Problem is not null);
        return failing.Problem is null ? "" : $" Worker \"{failing.Pod.Name()}\" does not start: {failing.Problem}.";
    }

    private static ConditionSet Conditions(InferenceFunction function, DateTimeOffset now) =>
        new(function.Status?.Conditions, function.Metadata.Generation, now);
}
