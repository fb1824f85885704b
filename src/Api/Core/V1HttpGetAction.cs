using System.Text.Json;
using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>An HTTP GET; the port is a number or the name of a container port.</summary>
public sealed record V1HttpGetAction : Extensible
{
    public string? Path { get; set; }
    public JsonElement Port { get; set; }
    public string? Scheme { get; set; }
}
