using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.TrainingJobs;

/// <summary>A training that runs on several workers at once, to its end.</summary>
[KubernetesEntity(ShortNames = ["tj"], Categories = ["hearth"])]
[AdditionalPrinterColumn("Succeeded", ".status.conditions[?(@.type==\"Succeeded\")].status", "string")]
[AdditionalPrinterColumn("Reason", ".status.conditions[?(@.type==\"Succeeded\")].reason", "string")]
[AdditionalPrinterColumn("Step", ".status.step", "integer")]
[AdditionalPrinterColumn("Progress", ".status.progressPercentage", "integer")]
[AdditionalPrinterColumn("Loss", ".status.loss", "number")]
[AdditionalPrinterColumn("Accuracy", ".status.accuracy", "number")]
[AdditionalPrinterColumn("Workers", ".status.workers.ready", "integer")]
[AdditionalPrinterColumn("Restarts", ".status.restarts", "integer")]
[AdditionalPrinterColumn("Model", ".status.model.uri", "string", Priority = 1)]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date")]
public sealed record TrainingJob : CustomKubernetesEntity<TrainingJobSpec, TrainingJobStatus>, IResource<TrainingJob>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new(HearthApi.Group, HearthApi.Version, "TrainingJob", "trainingjobs");

    /// <inheritdoc/>
    public static JsonTypeInfo<TrainingJob> JsonTypeInfo => ApiJsonContext.Default.TrainingJob;
}
