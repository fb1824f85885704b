using System.Text.Json.Nodes;

namespace Hearth.Kubernetes.InMemory.Schemas;

/// <summary>Fills in the defaults of a structural schema.</summary>
internal static class SchemaDefaults
{
    /// <summary>Sets what <paramref name="value"/> lacks, at every depth. A null counts as lacking, and goes, unless the field is nullable.</summary>
    public static void Apply(JsonNode? value, JsonObject schema)
    {
        switch (value)
        {
            case JsonObject entries:
                ApplyToFields(entries, schema);
                break;
            case JsonArray list when schema["items"] is JsonObject items:
                foreach (var element in list)
                    Apply(element, items);
                break;
        }
    }

    private static void ApplyToFields(JsonObject entries, JsonObject schema)
    {
        foreach (var (name, child) in schema["properties"] as JsonObject ?? [])
        {
            if (child is not JsonObject field)
                continue;
            if (entries[name] is null && !(entries.ContainsKey(name) && field["nullable"].IsTrue()))
            {
                if (field["default"] is { } value)
                    entries[name] = value.DeepClone();
                else
                    entries.Remove(name);
            }
            Apply(entries[name], field);
        }
        if (schema["additionalProperties"] is JsonObject additional)
        {
            foreach (var (_, child) in entries)
                Apply(child, additional);
        }
    }
}
