using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>The keys of a Secret as files.</summary>
public sealed record V1SecretVolumeSource : Extensible
{
    public string? SecretName { get; set; }
}
