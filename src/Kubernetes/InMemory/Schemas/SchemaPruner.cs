using System.Globalization;
using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Schemas;

/// <summary>Removes the fields that a structural schema does not name.</summary>
internal static class SchemaPruner
{
    /// <summary>
    /// Removes unknown fields of what is at <paramref name="path"/>, empty for a whole object, and returns their paths. An object's type and metadata are not
    /// the schema's to judge.
    /// </summary>
    public static List<string> Prune(JsonNode? value, JsonObject schema, string path = "")
    {
        var pruned = new List<string>();
        Prune(value, schema, path, pruned);
        return pruned;
    }

    private static void Prune(JsonNode? value, JsonObject schema, string path, List<string> pruned)
    {
        if (value is JsonObject entries)
        {
            PruneFields(entries, schema, path, pruned);
        }
        else if (value is JsonArray list && schema["items"] is JsonObject items)
        {
            for (var i = 0; i < list.Count; i++)
                Prune(list[i], items, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), pruned);
        }
    }

    private static void PruneFields(JsonObject entries, JsonObject schema, string path, List<string> pruned)
    {
        var additional = schema["additionalProperties"];
        var keeps = schema["x-kubernetes-preserve-unknown-fields"].IsTrue() || additional.IsTrue();
        foreach (var (name, value) in entries.ToList())
        {
            if (path.Length == 0 && name is ("apiVersion" or "kind" or "metadata"))
                continue;
            var field = path.Length == 0 ? name : $"{path}.{name}";
            if ((schema.At("properties", name) ?? additional) is JsonObject known)
            {
                Prune(value, known, field, pruned);
            }
            else if (!keeps)
            {
                entries.Remove(name);
                pruned.Add(field);
            }
        }
    }
}
