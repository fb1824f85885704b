using System.Globalization;
using System.Text;
using System.Text.Json;
using Hearth.Policies.Placement;

namespace Hearth.Cli.Gpus;

/// <summary>The cheapest mix of GPU types for a demand, beside what each type alone would take.</summary>
internal sealed class GpuPlan
{
    private readonly GpuMeasurements _measured;
    private readonly IReadOnlyList<double> _demand;
    private readonly double _window;

    private GpuPlan(GpuMeasurements measured, IReadOnlyList<double> demand, double window, IReadOnlyList<int> mix)
    {
        (_measured, _demand, _window, Mix) = (measured, demand, window, mix);
        Alone = [.. Enumerable.Range(0, measured.Types.Count).Select(CountAlone)];
    }

    /// <summary>GPUs of each type.</summary>
    public IReadOnlyList<int> Mix { get; }

    /// <summary>GPUs that each type would take alone; null where it misses the target for some size that is asked for.</summary>
    public IReadOnlyList<int?> Alone { get; }

    /// <summary>Price of the mix.</summary>
    public double Price => Mix.Zip(_measured.Prices, (count, price) => count * price).Sum();

    /// <summary>Makes the plan.</summary>
    /// <param name="measured">What was measured.</param>
    /// <param name="demand">Requests per second of each class.</param>
    /// <param name="window">Seconds over which they were counted.</param>
    /// <exception cref="CommandException">No type serves a class that has requests; names it.</exception>
    public static GpuPlan Make(GpuMeasurements measured, IReadOnlyList<double> demand, double window)
    {
        if (GpuMix.Cheapest(measured.Prices, demand, measured.Throughput) is { } mix)
            return new(measured, demand, window, mix);
        var missing = Enumerable.Range(0, demand.Count).Where(c => demand[c] > 0 && Enumerable.Range(0, measured.Types.Count).All(g => measured.Throughput[c, g] <= 0));
        throw new CommandException(
            $"no GPU type serves requests of size up to {string.Join(", ", missing.Select(c => measured.Sizes[c].ToString(CultureInfo.InvariantCulture)))} within the target: "
            + "measure another type, or a looser target");
    }

    /// <summary>A table for people.</summary>
    public string ToTable()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"size up to   requests/s in its busiest {_window} s");
        foreach (var (size, rate) in _measured.Sizes.Zip(_demand))
            text.AppendLine(CultureInfo.InvariantCulture, $"{size,10} {rate,12:0.00}");
        text.AppendLine();
        text.AppendLine("gpu                 price    mix   alone      price alone");
        for (var i = 0; i < Mix.Count; i++)
        {
            var alone = Alone[i] is { } count ? string.Create(CultureInfo.InvariantCulture, $"{count,7} {count * _measured.Prices[i],16:0.00}") : "misses the target";
            text.AppendLine(CultureInfo.InvariantCulture, $"{_measured.Types[i],-16} {_measured.Prices[i],8:0.00} {Mix[i],6} {alone}");
        }
        text.AppendLine(CultureInfo.InvariantCulture, $"price of the mix: {Price:0.00}");
        return text.ToString();
    }

    /// <summary>The same as one JSON object on one line.</summary>
    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("price", Price);
            json.WriteStartArray("gpus");
            for (var i = 0; i < Mix.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("gpu", _measured.Types[i]);
                json.WriteNumber("count", Mix[i]);
                if (Alone[i] is { } alone)
                    json.WriteNumber("alone", alone);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteStartArray("demand");
            foreach (var (size, rate) in _measured.Sizes.Zip(_demand))
            {
                json.WriteStartObject();
                json.WriteNumber("size", size);
                json.WriteNumber("perSecond", rate);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }

    private int? CountAlone(int type)
    {
        var throughput = new double[_demand.Count, 1];
        for (var i = 0; i < _demand.Count; i++)
            throughput[i, 0] = _measured.Throughput[i, type];
        return GpuMix.Cheapest([_measured.Prices[type]], _demand, throughput)?[0];
    }
}
