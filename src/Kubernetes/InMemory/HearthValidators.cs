using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Schema;
using Hearth.Api.WorkerPools;

namespace Hearth.Kubernetes.InMemory;

/// <summary>The validators of Hearth's kinds, which stand in for the CEL rules of their schemas.</summary>
public static class HearthValidators
{
    /// <summary>By kind. Each takes an object that satisfies its schema.</summary>
    public static IReadOnlyDictionary<string, Func<JsonObject, IEnumerable<FieldError>>> All { get; } =
        new Dictionary<string, Func<JsonObject, IEnumerable<FieldError>>>
        {
            [InferenceFunction.Definition.Kind] = Typed(InferenceFunction.JsonTypeInfo, InferenceFunctionValidation.Validate),
            [WorkerPool.Definition.Kind] = Typed(WorkerPool.JsonTypeInfo, WorkerPoolValidation.Validate),
        };

    private static Func<JsonObject, IEnumerable<FieldError>> Typed<T>(JsonTypeInfo<T> type, Func<T, IEnumerable<FieldError>> validate) =>
        entity => validate(entity.Deserialize(type)!);
}
