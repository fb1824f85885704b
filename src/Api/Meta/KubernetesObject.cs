namespace Hearth.Api.Meta;

/// <summary>Base of the typed kinds.</summary>
public abstract record KubernetesObject : Extensible, IKubernetesObject
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public V1ObjectMeta Metadata { get; set; } = new();
}
