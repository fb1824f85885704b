using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A key of a Secret or ConfigMap.</summary>
public sealed record V1KeySelector : Extensible
{
    public string? Name { get; set; }
    public string Key { get; set; } = "";
    public bool? Optional { get; set; }
}
