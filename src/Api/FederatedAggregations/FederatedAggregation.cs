using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>A model that many clients train together, each on data that it keeps.</summary>
[KubernetesEntity(ShortNames = ["fa"], Categories = ["hearth"])]
[AdditionalPrinterColumn("Succeeded", ".status.conditions[?(@.type==\"Succeeded\")].status", "string")]
[AdditionalPrinterColumn("Reason", ".status.conditions[?(@.type==\"Succeeded\")].reason", "string")]
[AdditionalPrinterColumn("Round", ".status.round", "integer")]
[AdditionalPrinterColumn("Rounds", ".spec.rounds", "integer")]
[AdditionalPrinterColumn("Phase", ".status.phase", "string")]
[AdditionalPrinterColumn("Clients", ".status.clients", "integer")]
[AdditionalPrinterColumn("Folded", ".status.updates.folded", "integer")]
[AdditionalPrinterColumn("Model", ".status.model.version", "integer")]
[AdditionalPrinterColumn("Aggregators", ".status.tree.aggregators", "integer")]
[AdditionalPrinterColumn("Nodes", ".status.tree.nodes", "integer", Priority = 1)]
[AdditionalPrinterColumn("Across", ".status.bytesAcross", "integer", Priority = 1)]
[AdditionalPrinterColumn("Reuses", ".status.workerReuses", "integer", Priority = 1)]
[AdditionalPrinterColumn("Received", ".status.updates.received", "integer", Priority = 1)]
[AdditionalPrinterColumn("Rejected", ".status.updates.rejected", "integer", Priority = 1)]
[AdditionalPrinterColumn("Worker", ".status.worker", "string", Priority = 1)]
[AdditionalPrinterColumn("Restarts", ".status.restarts", "integer", Priority = 1)]
[AdditionalPrinterColumn("Output", ".spec.output.uri", "string", Priority = 1)]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date")]
public sealed record FederatedAggregation
    : CustomKubernetesEntity<FederatedAggregationSpec, FederatedAggregationStatus>, IResource<FederatedAggregation>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } =
        new(HearthApi.Group, HearthApi.Version, "FederatedAggregation", "federatedaggregations");

    /// <inheritdoc/>
    public static JsonTypeInfo<FederatedAggregation> JsonTypeInfo => ApiJsonContext.Default.FederatedAggregation;
}
