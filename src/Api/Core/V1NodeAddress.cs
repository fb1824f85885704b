using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>An address of a node.</summary>
public sealed record V1NodeAddress : Extensible
{
    public string Type { get; set; } = "";
    public string Address { get; set; } = "";
}
