using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>
/// The part of JSONPath that printer columns use: names (<c>.spec.pool</c>, <c>['a.b']</c>), indices (<c>[0]</c>), all elements
/// (<c>[*]</c>) and one comparison (<c>[?(@.type=="Ready")]</c>).
/// </summary>
internal sealed partial class ColumnPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> _steps = [];

    private ColumnPath()
    {
    }

    /// <summary>Whether a text is a path that <see cref="Parse"/> reads.</summary>
    public static bool IsOne(string text)
    {
        for (var position = 0; position < text.Length;)
        {
            if (Step().Match(text, position) is not { Success: true } step)
                return false;
            position += step.Length;
        }
        return true;
    }

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">The path uses more than the part of JSONPath above.</exception>
    public static ColumnPath Parse(string text)
    {
        var path = new ColumnPath();
        var position = 0;
        while (position < text.Length)
        {
            var step = Step().Match(text, position);
            if (!step.Success)
            {
                throw new FormatException(
                    $"\"{text}\" is no column path: expected .name, [index], [*], ['name'] or [?(@.field==\"value\")] at {position}.");
            }
            path._steps.Add(Read(step));
            position += step.Length;
        }
        return path;
    }

    /// <summary>The first value the path selects, or null.</summary>
    public JsonNode? First(JsonNode root)
    {
        IEnumerable<JsonNode?> selected = [root];
        foreach (var step in _steps)
            selected = selected.OfType<JsonNode>().SelectMany(step);
        return selected.FirstOrDefault(n => n is not null);
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> Read(Match step)
    {
        if (step.Groups["name"] is { Success: true } name)
            return node => [node.At(name.Value)];
        if (step.Groups["quoted"] is { Success: true } quoted)
            return node => [node.At(quoted.Value)];
        if (step.Groups["index"] is { Success: true } index)
        {
            var i = int.Parse(index.ValueSpan, System.Globalization.CultureInfo.InvariantCulture);
            return node => node is JsonArray array && i < array.Count ? [array[i]] : [];
        }
        if (step.Groups["field"] is { Success: true } field)
        {
            var names = field.Value.Split('.');
            var wanted = step.Groups["value"].Value;
            return node => (node as JsonArray ?? []).Where(e => (e.At(names) is JsonValue v ? v.ToString() : null) == wanted);
        }
        return node => node as JsonArray ?? [];
    }

    [GeneratedRegex(
        """
        \G(?: \.(?<name>[A-Za-z0-9_$-]+)
            | \['(?<quoted>[^']+)'\]
            | \[(?<index>[0-9]+)\]
            | \[\*\]
            | \[\?\( \s* @\.(?<field>[A-Za-z0-9_.-]+) \s* == \s* ["'](?<value>[^"']*)["'] \s* \)\])
        """,
        RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Step();
}
