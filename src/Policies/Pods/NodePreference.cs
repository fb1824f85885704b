using System.Text.Json;
using Hearth.Api.Core;

namespace Hearth.Policies.Pods;

/// <summary>Nodes that a pod's scheduler should prefer. Pure.</summary>
public static class NodePreference
{
    // The API server takes long lists too, but each term is a score to compute for each node.
    private const int MaxNodes = 16;

    /// <summary>The pod with a preference for <paramref name="nodes"/>, a term each: a term by name takes one name. Hard constraints stay the scheduler's.</summary>
    public static V1Pod Add(V1Pod pod, IReadOnlyList<string> nodes)
    {
        if (nodes.Count == 0)
            return pod;
        var terms = nodes.Take(MaxNodes).Select(node =>
            $$$"""{"weight":100,"preference":{"matchFields":[{"key":"metadata.name","operator":"In","values":["{{{JsonEncodedText.Encode(node)}}}"]}]}}""");
        using var affinity = JsonDocument.Parse(
            $$$"""{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[{{{string.Join(',', terms)}}}]}}""");
        return pod with { Spec = pod.Spec with { Affinity = affinity.RootElement.Clone() } };
    }

    /// <summary>The names that <see cref="Add"/> put there, and those of any other preference by name.</summary>
    public static IReadOnlySet<string> Read(V1Pod pod)
    {
        var names = new HashSet<string>();
        if (pod.Spec.Affinity is not { } affinity || !TryGet(affinity, "nodeAffinity", out var ofNodes)
            || !TryGet(ofNodes, "preferredDuringSchedulingIgnoredDuringExecution", out var terms) || terms.ValueKind != JsonValueKind.Array)
        {
            return names;
        }
        foreach (var term in terms.EnumerateArray())
        {
            if (!TryGet(term, "preference", out var preference) || !TryGet(preference, "matchFields", out var fields) || fields.ValueKind != JsonValueKind.Array)
                continue;
            foreach (var field in fields.EnumerateArray())
            {
                if (TryGet(field, "values", out var values) && values.ValueKind == JsonValueKind.Array)
                    names.UnionWith(values.EnumerateArray().Select(value => value.ToString()));
            }
        }
        return names;
    }

    private static bool TryGet(JsonElement from, string name, out JsonElement value)
    {
        value = default;
        return from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out value);
    }
}
