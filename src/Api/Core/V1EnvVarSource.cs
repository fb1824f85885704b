using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Where the value of an environment variable comes from.</summary>
public sealed record V1EnvVarSource : Extensible
{
    public V1ObjectFieldSelector? FieldRef { get; set; }
    public V1KeySelector? SecretKeyRef { get; set; }
    public V1KeySelector? ConfigMapKeyRef { get; set; }
}
