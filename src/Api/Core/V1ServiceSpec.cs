using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Specification of a service.</summary>
public sealed record V1ServiceSpec : Extensible
{
    public IReadOnlyDictionary<string, string>? Selector { get; set; }
    public string? Type { get; set; }
    public string? ClusterIP { get; set; }
    public IReadOnlyList<V1ServicePort>? Ports { get; set; }
}
