using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>A model, or a container, that answers requests and costs nothing while nobody asks.</summary>
[ValidationRule("!has(self.spec.fallback) || self.spec.fallback != self.metadata.name", Message = InferenceFunctionSpec.FallbackToItself, FieldPath = ".spec.fallback")]
[KubernetesEntity(ShortNames = ["fn"], Categories = ["hearth"], ScaleSpecPath = ".spec.scale.min", ScaleStatusPath = ".status.replicas.ready")]
[AdditionalPrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status", "string")]
[AdditionalPrinterColumn("Reason", ".status.conditions[?(@.type==\"Ready\")].reason", "string")]
[AdditionalPrinterColumn("Replicas", ".status.replicas.ready", "integer")]
[AdditionalPrinterColumn("Traffic", ".status.trafficSummary", "string")]
[AdditionalPrinterColumn("URL", ".status.url", "string")]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date")]
[AdditionalPrinterColumn("Pool", ".spec.pool", "string", Priority = 1)]
[AdditionalPrinterColumn("Cold-Start", ".status.lastColdStart.total", "string", Priority = 1)]
public sealed record InferenceFunction : CustomKubernetesEntity<InferenceFunctionSpec, InferenceFunctionStatus>, IResource<InferenceFunction>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } =
        new(HearthApi.Group, HearthApi.Version, "InferenceFunction", "inferencefunctions");

    /// <inheritdoc/>
    public static JsonTypeInfo<InferenceFunction> JsonTypeInfo => ApiJsonContext.Default.InferenceFunction;
}
