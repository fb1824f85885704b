using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>The rules of a WorkerPool that its schema alone does not express; the same verdicts as the CEL rules.</summary>
public static class WorkerPoolValidation
{
    /// <summary>Every fault of <paramref name="pool"/>, none when it is valid.</summary>
    public static IEnumerable<FieldError> Validate(WorkerPool pool)
    {
        if (pool.Spec.Warm.Max is { } max && max < pool.Spec.Warm.Min)
            yield return new("spec.warm.max", WarmSpec.MaxBelowMin);
    }
}
