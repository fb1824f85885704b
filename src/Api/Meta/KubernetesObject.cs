using System.Text.Json.Serialization;

namespace Hearth.Api.Meta;

/// <summary>Base of the typed kinds.</summary>
public abstract record KubernetesObject : Extensible, IKubernetesObject
{
    [JsonConverter(typeof(SharedTextConverter))]
    public string? ApiVersion { get; set; }
    [JsonConverter(typeof(SharedTextConverter))]
    public string? Kind { get; set; }
    public V1ObjectMeta Metadata { get; set; } = new();
}
