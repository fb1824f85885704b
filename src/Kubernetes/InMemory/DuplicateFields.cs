using System.Text.Json;

namespace Hearth.Kubernetes.InMemory;

/// <summary>Finds a property that an object in a JSON text names twice.</summary>
internal static class DuplicateFields
{
    /// <summary>Path of the first; null when there is none before the text's end, or before it is no JSON any more.</summary>
    public static string? Find(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return FindIn(utf8);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? FindIn(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8);
        var open = new Stack<(HashSet<string> Names, string Path)>();
        var (path, name) = ("", "");
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    name = reader.GetString()!;
                    var field = path.Length == 0 ? name : $"{path}.{name}";
                    if (!open.Peek().Names.Add(name))
                        return field;
                    break;
                case JsonTokenType.StartObject or JsonTokenType.StartArray:
                    open.Push(([], path));
                    path = path.Length == 0 ? name : $"{path}.{name}";
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    path = open.Pop().Path;
                    break;
            }
        }
        return null;
    }
}
