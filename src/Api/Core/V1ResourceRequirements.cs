using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Quantities a container asks for and may use, by resource name.</summary>
public sealed record V1ResourceRequirements : Extensible
{
    public IReadOnlyDictionary<string, string>? Requests { get; set; }
    public IReadOnlyDictionary<string, string>? Limits { get; set; }
}
