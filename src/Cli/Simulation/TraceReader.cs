using System.Globalization;

namespace Hearth.Cli.Simulation;

/// <summary>Reads traces.</summary>
internal static class TraceReader
{
    private const int MaxRequests = 20_000_000;
    private const int Minutes = 1440;

    /// <summary>Names that <see cref="Read"/> takes beside those of <see cref="TraceFormat.Known"/>.</summary>
    public const string MinuteFormat = "azure-functions-2019";

    /// <summary>As <see cref="MinuteFormat"/>: quantiles, from which a trace is drawn.</summary>
    public const string QuantileFormat = "huawei-quantiles";

    /// <summary>Reads the file <paramref name="path"/>.</summary>
    /// <exception cref="CommandException">The file cannot be read, lacks a column or holds something else than expected; says where.</exception>
    public static Trace Read(string path, string name, TraceFormat format)
    {
        try
        {
            using var reader = new StreamReader(path);
            var table = new CsvTable(path, reader);
            var trace = name switch
            {
                MinuteFormat => ReadMinutes(table, path, format.FixedDuration),
                QuantileFormat => QuantileTrace.Make(QuantileTable.Read(table)),
                _ => ReadRows(table, path, format),
            };
            return trace.Requests.Count > 0 ? trace : throw new CommandException($"\"{path}\" holds no request");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the trace \"{path}\" cannot be read: {e.Message}");
        }
    }

    private static Trace ReadRows(CsvTable table, string path, TraceFormat format)
    {
        var time = table.Index(format.Time);
        var function = format.Function.Select(table.Index).ToArray();
        int? duration = format.Duration is { } d ? table.Index(d) : null;
        int? start = format.Start is { } s ? table.Index(s) : null;
        int? end = format.End is { } e ? table.Index(e) : null;
        var functions = new NameTable();
        var requests = new List<TraceRequest>();
        while (table.MoveNext())
        {
            var arrival = table.Seconds(time);
            var took = duration is { } column ? table.Number(column, 0) * format.DurationScale
                : end is { } last ? Took(table, start ?? time, last, arrival)
                : format.FixedDuration;
            requests.Add(new(arrival, functions.Index(function.Length == 0 ? "all" : string.Join('|', function.Select(table.Text))), took));
            if (requests.Count > MaxRequests)
                throw table.Fault($"at most {MaxRequests} requests are expected");
        }
        return Make(path, functions, requests);
    }

    /// <summary>From the start to the end; from the arrival where it never started, and nothing where it did not end.</summary>
    private static double Took(CsvTable table, int start, int end, double arrival)
    {
        if (table.Text(end).Length == 0)
            return 0;
        var from = table.Text(start).Length == 0 ? arrival : table.Seconds(start);
        var to = table.Seconds(end);
        return to >= from ? to - from : throw table.Fault($"column \"{table.Columns[end]}\" holds a time before the start");
    }

    /// <summary>A row per function with its number of invocations in each minute of a day, which are spread evenly over the minute.</summary>
    private static Trace ReadMinutes(CsvTable table, string path, double duration)
    {
        var owner = table.Index("HashOwner");
        var app = table.Index("HashApp");
        var function = table.Index("HashFunction");
        var minutes = Enumerable.Range(1, Minutes).Select(m => table.Index(m.ToString(CultureInfo.InvariantCulture))).ToArray();
        var functions = new NameTable();
        var requests = new List<TraceRequest>();
        while (table.MoveNext())
        {
            var index = functions.Index($"{table.Text(owner)}/{table.Text(app)}/{table.Text(function)}");
            for (var minute = 0; minute < Minutes; minute++)
            {
                var count = (long)table.Number(minutes[minute], 0);
                if (requests.Count + count > MaxRequests)
                    throw table.Fault($"at most {MaxRequests} requests are expected");
                for (var i = 0; i < count; i++)
                    requests.Add(new((minute + ((i + 0.5) / count)) * 60, index, duration));
            }
        }
        return Make(path, functions, requests);
    }

    private static Trace Make(string path, NameTable functions, List<TraceRequest> requests)
    {
        var first = requests.Count == 0 ? 0 : requests.Min(r => r.Arrival);
        return new(Path.GetFileNameWithoutExtension(path), functions.Names, requests.Select(r => r with { Arrival = r.Arrival - first }));
    }
}
