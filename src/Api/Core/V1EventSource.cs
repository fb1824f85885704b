using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>Who reported an event.</summary>
public sealed record V1EventSource : Extensible
{
    public string? Component { get; set; }
    public string? Host { get; set; }
}
