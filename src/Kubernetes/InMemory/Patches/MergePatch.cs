using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Patches;

/// <summary>JSON merge patch (RFC 7386): objects merge, null removes, anything else replaces.</summary>
internal static class MergePatch
{
    /// <summary>The patched value; neither argument is changed.</summary>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
            return patch?.DeepClone();
        var result = target is JsonObject existing ? existing.Copy() : [];
        foreach (var (name, change) in changes)
        {
            if (change is null)
                result.Remove(name);
            else
                result[name] = Apply(result[name], change);
        }
        return result;
    }
}
