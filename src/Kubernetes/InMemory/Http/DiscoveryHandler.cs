using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Tells clients which kinds are served: the group lists, and one list of resources per group and version.</summary>
internal sealed class DiscoveryHandler(KindRegistry kinds)
{
    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>Answers a discovery path, or returns false when it is none.</summary>
    public async Task<bool> TryAnswerAsync(HttpContext http, string[] segments)
    {
        var body = segments switch
        {
            ["api"] => CoreVersions(),
            ["api", "v1"] => Resources("", "v1"),
            ["apis"] => Groups(),
            ["apis", var group] => Group(group),
            ["apis", var group, var version] => Resources(group, version),
            _ => null,
        };
        if (body is null)
            return false;
        await ApiResponse.WriteAsync(http, StatusCodes.Status200OK, body);
        return true;
    }

    private static JsonObject CoreVersions() => new()
    {
        ["kind"] = "APIVersions",
        ["versions"] = Json.ToArray(["v1"]),
        ["serverAddressByClientCIDRs"] = new JsonArray(),
    };

    private JsonObject Groups()
    {
        var groups = kinds.All.Where(k => k.Group.Length > 0).Select(k => k.Group).Distinct().Select(g => (JsonNode)Group(g)!);
        return new() { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. groups]) };
    }

    private JsonObject? Group(string group)
    {
        var versions = kinds.All.Where(k => k.Group == group).Select(k => k.Version).Distinct().Select(Version).ToArray();
        return versions.Length == 0 ? null : new()
        {
            ["kind"] = "APIGroup",
            ["apiVersion"] = "v1",
            ["name"] = group,
            ["versions"] = new JsonArray(versions),
            ["preferredVersion"] = versions[0].DeepClone(),
        };

        JsonNode Version(string version) => new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
    }

    private JsonObject? Resources(string group, string version)
    {
        var served = kinds.All.Where(k => k.Group == group && k.Version == version).ToList();
        return served.Count == 0 ? null : new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = served[0].ApiVersion,
            ["resources"] = new JsonArray([.. served.SelectMany(Resources)]),
        };
    }

    private static IEnumerable<JsonNode> Resources(ResourceKind kind)
    {
        var resource = Resource(kind, kind.Plural, kind.Kind, AllVerbs);
        resource["singularName"] = kind.Singular;
        if (kind.ShortNames.Count > 0)
            resource["shortNames"] = Json.ToArray(kind.ShortNames);
        if (kind.Categories.Count > 0)
            resource["categories"] = Json.ToArray(kind.Categories);
        yield return resource;
        foreach (var (name, subkind, verbs) in kind.Subresources())
        {
            var subresource = Resource(kind, $"{kind.Plural}/{name}", subkind, verbs);
            if (subkind is "Scale" or "TokenRequest")
            {
                subresource["group"] = subkind == "Scale" ? "autoscaling" : "authentication.k8s.io";
                subresource["version"] = "v1";
            }
            yield return subresource;
        }
    }

    private static JsonObject Resource(ResourceKind kind, string name, string resourceKind, string[] verbs) => new()
    {
        ["name"] = name,
        ["singularName"] = "",
        ["namespaced"] = kind.Namespaced,
        ["kind"] = resourceKind,
        ["verbs"] = Json.ToArray(verbs),
    };
}
