using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Objects of a kind that a seed decides: a good one with a few fields set anew, most of them at the edges of what is allowed.</summary>
internal sealed class GeneratedObjects(JsonObject definition, Random random)
{
    private static readonly string[] Texts =
        ["", "a", "UPPER", "file:///m/model.onnx", "s3://b/k", "http://x/y", "5s", "0s", "1h30m", "-1s", "1Gi", "500m", "*/5 * * * *", "x y", "gpu", "default"];

    private readonly JsonObject _schema = (JsonObject)definition["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!["properties"]!["spec"]!;

    /// <summary>A copy of an object with one to three fields of its spec changed.</summary>
    public JsonObject Vary(JsonObject good)
    {
        var varied = (JsonObject)good.DeepClone();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
            Change((JsonObject)varied["spec"]!, _schema);
        return varied;
    }

    private void Change(JsonObject entity, JsonObject schema)
    {
        if (schema["properties"] is not JsonObject { Count: > 0 } properties)
            return;
        var (name, field) = properties.ElementAt(random.Next(properties.Count));
        var child = (JsonObject)field!;
        if (entity[name] is JsonObject inner && child["properties"] is not null && random.Next(4) > 0)
            Change(inner, child);
        else if (random.Next(5) == 0)
            entity.Remove(name);
        else
            entity[name] = Value(child, 0);
    }

    private JsonNode? Value(JsonObject schema, int depth)
    {
        if (schema["enum"] is JsonArray allowed)
            return random.Next(12) == 0 ? "Nonesuch" : allowed[random.Next(allowed.Count)]!.DeepClone();
        return (string?)schema["type"] switch
        {
            "boolean" => random.Next(2) == 0,
            "integer" => Number(schema),
            "number" => random.Next(4) switch { 0 => 0.0, 1 => -0.5, 2 => 1.0, _ => random.NextDouble() },
            "array" => new JsonArray([.. Enumerable.Range(0, random.Next(4)).Select(_ => Value((JsonObject)schema["items"]!, depth + 1))]),
            "object" => Object(schema, depth),
            _ => Texts[random.Next(Texts.Length)],
        };
    }

    private JsonNode Number(JsonObject schema)
    {
        var least = (long?)schema["minimum"] ?? -1;
        var most = (long?)schema["maximum"] ?? 1000;
        return random.Next(5) switch { 0 => least, 1 => most, 2 => least - 1, 3 => most < long.MaxValue / 2 ? most + 1 : most, _ => random.NextInt64(least, Math.Min(most, least + 50)) };
    }

    private JsonObject Object(JsonObject schema, int depth)
    {
        var entity = new JsonObject();
        var required = ((schema["required"] as JsonArray) ?? []).Select(r => (string)r!).ToHashSet();
        foreach (var (name, child) in schema["properties"] as JsonObject ?? [])
        {
            if (random.Next(20) > 0 && (required.Contains(name) || random.Next(2 + depth) == 0))
                entity[name] = Value((JsonObject)child!, depth + 1);
        }
        if (schema["additionalProperties"] is JsonObject additional && random.Next(2) == 0)
            entity["some-key"] = Value(additional, depth + 1);
        return entity;
    }
}
