using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Hearth.Chart.Tests.Rendering;

/// <summary>The functions that the chart may use, as Helm defines them.</summary>
internal static class TemplateFunctions
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Applies a function.</summary>
    /// <exception cref="TemplateException">There is none of that name and number of arguments.</exception>
    public static JsonNode? Call(string name, JsonNode?[] arguments) => (name, arguments) switch
    {
        ("default", [var otherwise, var value]) => IsTrue(value) ? value : otherwise,
        ("quote", [var value]) => Quote(Print(value)),
        ("toYaml", [var value]) => YamlText.Of(value),
        ("nindent", [var width, var text]) => "\n" + Indent((int)(long)width!, Print(text)),
        ("printf", [var format, .. var values]) => Format(Print(format), values),
        ("replace", [var old, var with, var text]) => Print(text).Replace(Print(old), Print(with), StringComparison.Ordinal),
        ("eq", [var left, var right]) => Print(left) == Print(right),
        ("gt", [var left, var right]) => (long)left! > (long)right!,
        ("int", [var value]) => (long)value!,
        ("and", _) => arguments.FirstOrDefault(a => !IsTrue(a), arguments[^1]),
        ("or", _) => arguments.FirstOrDefault(IsTrue, arguments[^1]),
        ("not", [var value]) => !IsTrue(value),
        _ => throw new TemplateException($"\"{name}\" with {arguments.Length} arguments is no function this chart may use"),
    };

    /// <summary>A string in double quotes, as both YAML and Go read it.</summary>
    public static string Quote(string value) => JsonSerializer.Serialize(value, Readable);

    /// <summary>Whether a value counts as true: what is not empty does.</summary>
    public static bool IsTrue(JsonNode? value) => value switch
    {
        null => false,
        JsonObject entries => entries.Count > 0,
        JsonArray items => items.Count > 0,
        _ => value.GetValueKind() switch
        {
            JsonValueKind.True => true,
            JsonValueKind.String => ((string)value!).Length > 0,
            JsonValueKind.Number => value.ToJsonString() != "0",
            _ => false,
        },
    };

    /// <summary>A scalar as text.</summary>
    /// <exception cref="TemplateException">It is none; Helm would print Go's notation of it.</exception>
    public static string Print(JsonNode? value) => value switch
    {
        null or JsonObject or JsonArray => throw new TemplateException($"{value?.ToJsonString() ?? "nothing"} is printed; expected a scalar"),
        _ when value.GetValueKind() == JsonValueKind.String => (string)value!,
        // Helm's numbers are float64, which Go prints with an exponent from here on.
        _ when value.GetValueKind() == JsonValueKind.Number && Math.Abs(double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture)) >= 1e6 =>
            throw new TemplateException($"Helm would print {value} with an exponent"),
        _ => value.ToJsonString(),
    };

    private static string Indent(int width, string text) =>
        string.Join('\n', text.Split('\n').Select(line => new string(' ', width) + line));

    private static string Format(string format, JsonNode?[] values)
    {
        var pieces = format.Replace("%v", "%s", StringComparison.Ordinal).Split("%s");
        if (pieces.Length != values.Length + 1)
            throw new TemplateException($"\"{format}\" is given {values.Length} values");
        return pieces[0] + string.Concat(values.Zip(pieces[1..], (value, rest) => Print(value) + rest));
    }
}
