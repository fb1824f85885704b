using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>An event (core/v1), as <c>kubectl describe</c> lists them.</summary>
public sealed record Corev1Event : KubernetesObject, IResource<Corev1Event>
{
    /// <inheritdoc/>
    public static ResourceDefinition Definition { get; } = new("", "v1", "Event", "events");

    /// <inheritdoc/>
    public static JsonTypeInfo<Corev1Event> JsonTypeInfo => ApiJsonContext.Default.Corev1Event;

    public V1ObjectReference InvolvedObject { get; set; } = new();
    public string? Reason { get; set; }
    public string? Message { get; set; }
    public V1EventSource? Source { get; set; }
    public DateTimeOffset? FirstTimestamp { get; set; }
    public DateTimeOffset? LastTimestamp { get; set; }
    public int? Count { get; set; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; set; }
    public string? ReportingComponent { get; set; }
    public string? ReportingInstance { get; set; }
    public string? Action { get; set; }
}
