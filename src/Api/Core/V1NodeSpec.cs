using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Specification of a node.</summary>
public sealed record V1NodeSpec : Extensible
{
    public string? PodCIDR { get; set; }
    public bool? Unschedulable { get; set; }
}
