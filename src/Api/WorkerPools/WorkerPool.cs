using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Generic workers kept warm, from which functions, aggregations and training jobs take theirs.</summary>
[KubernetesEntity(ShortNames = ["wp"], Categories = ["hearth"])]
[AdditionalPrinterColumn("Ready", ".status.conditions[?(@.type==\"Ready\")].status", "string")]
[AdditionalPrinterColumn("Warm", ".spec.warm.min", "integer")]
[AdditionalPrinterColumn("Idle", ".status.idle", "integer")]
[AdditionalPrinterColumn("Starting", ".status.starting", "integer")]
[AdditionalPrinterColumn("Claimed", ".status.claimed", "integer")]
[AdditionalPrinterColumn("Assigned", ".status.assigned", "integer")]
[AdditionalPrinterColumn("Hits", ".status.hits", "integer", Priority = 1)]
[AdditionalPrinterColumn("Misses", ".status.misses", "integer", Priority = 1)]
[AdditionalPrinterColumn("Age", ".metadata.creationTimestamp", "date")]
public sealed record WorkerPool : CustomKubernetesEntity<WorkerPoolSpec, WorkerPoolStatus>, IResource<WorkerPool>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new(HearthApi.Group, HearthApi.Version, "WorkerPool", "workerpools");

    /// <inheritdoc/>
    public static JsonTypeInfo<WorkerPool> JsonTypeInfo => ApiJsonContext.Default.WorkerPool;
}
