using System.Globalization;
using System.Text;
using System.Text.Json;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Cli.Simulation;

/// <summary>What every policy cost on one trace.</summary>
internal sealed record SimulationReport(string Trace, int Requests, int Functions, IReadOnlyList<SimulationPoint> Points)
{
    /// <summary>A table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Trace}: {Requests} requests, {Functions} functions; reported: {Points[0].Result.Requests}");
        text.AppendLine("policy                  cold    share   idle h   created   p50   p99 slowdown   per function   utility");
        foreach (var point in Points)
        {
            var r = point.Result;
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{point.Name,-19} {r.ColdStarts,8} {r.ColdShare,8:0.00%} {r.IdleSeconds / 3600,8:0.0} {r.Created,9} {r.SlowdownP50,5:0.00} {r.SlowdownP99,14:0.00} {r.SlowdownP99PerFunction,14:0.00} {r.Utility,9:0.0}");
        }
        return text.ToString();
    }

    /// <summary>The same as one JSON object on one line.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("trace", Trace);
            json.WriteNumber("requests", Requests);
            json.WriteNumber("functions", Functions);
            json.WriteStartArray("policies");
            foreach (var point in Points)
                Write(json, point);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private static void Write(Utf8JsonWriter json, SimulationPoint point)
    {
        var r = point.Result;
        json.WriteStartObject();
        json.WriteString("policy", point.Policy.ToString());
        if (point.Policy != KeepAlivePolicy.Histogram)
            json.WriteNumber("durationSeconds", point.Duration);
        json.WriteNumber("requests", r.Requests);
        json.WriteNumber("coldStarts", r.ColdStarts);
        json.WriteNumber("coldShare", r.ColdShare);
        json.WriteNumber("idleSeconds", r.IdleSeconds);
        json.WriteNumber("created", r.Created);
        json.WriteNumber("slowdownP50", r.SlowdownP50);
        json.WriteNumber("slowdownP99", r.SlowdownP99);
        json.WriteNumber("slowdownP99PerFunction", r.SlowdownP99PerFunction);
        json.WriteNumber("utility", r.Utility);
        json.WriteEndObject();
    }
}
