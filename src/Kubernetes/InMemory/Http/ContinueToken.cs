using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>
/// Where a list goes on. It carries the version of the first page, which every page then reports: a watch from there sees whatever changed
/// while the caller turned pages.
/// </summary>
internal sealed record ContinueToken(long Version, ObjectKey After)
{
    /// <summary>Reads a token.</summary>
    /// <exception cref="StatusException">400: it is none of ours.</exception>
    public static ContinueToken Parse(string text)
    {
        try
        {
            var json = JsonNode.Parse(Convert.FromBase64String(text));
            if (json.Integer("v") is { } version && json.Text("ns") is { } ns && json.Text("name") is { } name)
                return new(version, new(ns, name));
        }
        catch (Exception e) when (e is FormatException or System.Text.Json.JsonException)
        {
            // Told below.
        }
        throw Refusal.BadRequest("continue key is not valid");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var json = new JsonObject { ["v"] = Version, ["ns"] = After.Namespace, ["name"] = After.Name };
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}
