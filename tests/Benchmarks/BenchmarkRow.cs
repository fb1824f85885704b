using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Hearth.Benchmarks;

/// <summary>What a benchmark found.</summary>
/// <param name="Figures">Every figure, by the name it has in JSON.</param>
/// <param name="Goals">What was to be reached, and whether it was.</param>
internal sealed record BenchmarkRow(IReadOnlyList<(string Name, double Value)> Figures, IReadOnlyList<(string Text, bool IsReached)> Goals)
{
    /// <summary>Writes the row for people.</summary>
    public void Print(TextWriter output)
    {
        foreach (var (name, value) in Figures)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-14} {value,10:0.000}"));
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
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
