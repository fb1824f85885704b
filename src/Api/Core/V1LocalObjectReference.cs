using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A reference by name within the namespace.</summary>
public sealed record V1LocalObjectReference : Extensible
{
    public string? Name { get; set; }
}
