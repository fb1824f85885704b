using System.Text.Json;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A port of a service.</summary>
public sealed record V1ServicePort : Extensible
{
    public string? Name { get; set; }
    public int Port { get; set; }
    public JsonElement? TargetPort { get; set; }
    public string? Protocol { get; set; }
}
