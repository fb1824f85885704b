using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>Metadata every stored object has (Kubernetes API reference, ObjectMeta).</summary>
public sealed record V1ObjectMeta : Extensible
{
    public string? Name { get; set; }
    public string? GenerateName { get; set; }
    [JsonConverter(typeof(SharedTextConverter))]
    public string? Namespace { get; set; }
    public string? Uid { get; set; }
    public string? ResourceVersion { get; set; }
    public long? Generation { get; set; }
    public DateTimeOffset? CreationTimestamp { get; set; }
    public DateTimeOffset? DeletionTimestamp { get; set; }
    public long? DeletionGracePeriodSeconds { get; set; }
    public IReadOnlyDictionary<string, string>? Labels { get; set; }
    public IReadOnlyDictionary<string, string>? Annotations { get; set; }
    public IReadOnlyList<V1OwnerReference>? OwnerReferences { get; set; }
    public IReadOnlyList<string>? Finalizers { get; set; }

    /// <summary>
    /// Who owns which field. It is half of an object's size and nobody here asks for it, so it is read over; an API server takes a write without it for one
    /// that leaves it as it is.
    /// </summary>
    [JsonConverter(typeof(ReadOverConverter))]
    public object? ManagedFields { get; set; }
}
