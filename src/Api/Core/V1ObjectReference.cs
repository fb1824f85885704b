using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>The object an event speaks of.</summary>
public sealed record V1ObjectReference : Extensible
{
    public string? ApiVersion { get; set; }
    public string? Kind { get; set; }
    public string? Namespace { get; set; }
    public string? Name { get; set; }
    public string? Uid { get; set; }
    public string? ResourceVersion { get; set; }
    public string? FieldPath { get; set; }
}
