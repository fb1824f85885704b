using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Schema;
using Hearth.Api.Workers;
using Hearth.Operator.Status;
using Hearth.Operator.Workers;

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
        SetReady(conditions, seen, plan, model, pool, trouble);
        SetFallbackAvailable(conditions, seen);
        SetBatching(conditions, seen, plan);
        var id = $"{function.Name()}.{function.Namespace()}";
        return new()
        {
            ObservedGeneration = function.Metadata.Generation,
            Url = gatewayUrl is null ? function.Status?.Url : $"{gatewayUrl.TrimEnd('/')}/v1.0/invoke/{id}/method/",
            DaprAppId = id,
            Replicas = new() { Ready = plan.Serving.Count(p => p.IsReady()), Starting = plan.Starting.Count },
            LastColdStart = plan.Serving.Select(p => p.ColdStart()).Append(function.Status?.LastColdStart).MaxBy(c => c?.Time),
            Conditions = conditions.Conditions,
        };
    }

    private static V1Condition SetModelLoaded(ConditionSet conditions, FunctionObservation seen, FunctionPlan plan)
    {
        const string Type = InferenceFunctionConditions.ModelLoaded;
        var generation = seen.Function.Metadata.Generation;
        if (plan.Serving.Any(seen.IsCurrent))
            return conditions.Set(Type, ConditionStatus.True, InferenceFunctionConditions.Loaded, "The model is loaded.");

        // A worker that was lost says nothing about the model.
        var failure = plan.Failed
            .Where(seen.IsCurrent)
            .Select(p => p.Failure())
            .LastOrDefault(f => f is not null && f.Reason != AssignmentFailureReason.WorkerLost);
        if (failure is not null)
            return conditions.Set(Type, ConditionStatus.False, failure.Reason, failure.Message);
        return conditions.Before(Type) is { } before && before.ObservedGeneration == generation
            ? conditions.Set(Type, before.Status, before.Reason, before.Message)
            : conditions.Set(Type, ConditionStatus.Unknown, InferenceFunctionConditions.NotTried, "No worker has tried yet.");
    }

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
        var current = plan.Serving.Where(seen.IsCurrent).ToArray();
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
