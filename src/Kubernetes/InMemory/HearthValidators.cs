using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Schema;
using Hearth.Api.WorkerPools;

namespace Hearth.Kubernetes.InMemory;

/// <summary>The validators of Hearth's kinds, which stand in for the CEL rules of their schemas.</summary>
public static class HearthValidators
{
    /// <summary>By kind. Each takes the object as it was, null for a new one, and as it shall be; both satisfy their schema.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject?, JsonObject, IEnumerable<FieldError>>> All { get; } =
        new Dictionary<string, Func<JsonObject?, JsonObject, IEnumerable<FieldError>>>
        {
            [FederatedAggregation.Definition.Kind] = Typed(
                FederatedAggregation.JsonTypeInfo, FederatedAggregationValidation.Validate, FederatedAggregationValidation.ValidateChange),
            [InferenceFunction.Definition.Kind] = Typed(InferenceFunction.JsonTypeInfo, InferenceFunctionValidation.Validate),
            [WorkerPool.Definition.Kind] = Typed(WorkerPool.JsonTypeInfo, WorkerPoolValidation.Validate),
        };

    private static Func<JsonObject?, JsonObject, IEnumerable<FieldError>> Typed<T>(
        JsonTypeInfo<T> type, Func<T, IEnumerable<FieldError>> validate, Func<T, T, IEnumerable<FieldError>>? validateChange = null) => (before, after) =>
    {
        var entity = after.Deserialize(type)!;
        var faults = validate(entity);
        return before is null || validateChange is null ? faults : faults.Concat(validateChange(before.Deserialize(type)!, entity));
    };
}
