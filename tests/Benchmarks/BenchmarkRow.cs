using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hearth.Benchmarks;

/// <summary>What a benchmark found.</summary>
/// <param name="Figures">Every figure, by the name it has in JSON.</param>
/// <param name="Goals">What was to be reached, and whether it was.</param>
internal sealed record BenchmarkRow(IReadOnlyList<(string Name, double Value)> Figures, IReadOnlyList<(string Text, bool IsReached)> Goals)
{
    /// <summary>What was found part by part; empty where the row has no parts.</summary>
    public IReadOnlyList<BenchmarkPart> Parts { get; init; } = [];

    /// <summary>What the parts are called in JSON.</summary>
    public string PartsName { get; init; } = "parts";

    /// <summary>Writes the row for people.</summary>
    public void Print(TextWriter output)
    {
        foreach (var (name, value) in Figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-14} {value,10:0.000}"));
        foreach (var part in Parts)
        {
            output.WriteLine($"  {part.Name}");
            foreach (var (name, figures) in part.Comparisons)
                output.WriteLine($"    {name,-12} {string.Join("  ", figures.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Name} {f.Value:0.000}")))}");
        }
        foreach (var (text, isReached) in Goals)
            output.WriteLine($"  {(isReached ? "reached" : "missed ")} {text}");
    }

    /// <summary>The figures as one JSON object on one line.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, value) in Figures)
                json.WriteNumber(name, Math.Round(value, 4));
            if (Parts.Count > 0)
                Write(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartArray(PartsName);
        foreach (var part in Parts)
        {
            json.WriteStartObject();
            json.WriteString("name", part.Name);
            foreach (var (name, figures) in part.Comparisons)
            {
                json.WriteStartObject(name);
                foreach (var (figure, value) in figures)
                    json.WriteNumber(figure, Math.Round(value, 4));
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
