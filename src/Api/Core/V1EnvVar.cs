using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>An environment variable of a container.</summary>
public sealed record V1EnvVar : Extensible
{
    public string Name { get; set; } = "";
    public string? Value { get; set; }
    public V1EnvVarSource? ValueFrom { get; set; }
}
