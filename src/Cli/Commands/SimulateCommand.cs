using System.CommandLine;
using System.Globalization;
using Hearth.Api.InferenceFunctions;
using Hearth.Cli.Simulation;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth simulate</c>: what each keep-alive policy would have cost on a trace.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var trace = new Argument<string>("TRACE") { Description = "CSV file with one request a row, or one of the known formats." };
        var format = new Option<string>("--format")
        {
            Description = $"How to read it: {string.Join(", ", Formats)}.",
            DefaultValueFactory = _ => "csv",
        };
        format.AcceptOnlyFromAmong([.. Formats]);
        var columns = new TraceColumnOptions();
        var concurrency = new Option<int>("--concurrency") { Description = "Requests that a worker takes at a time.", DefaultValueFactory = _ => 1 };
        var durations = new Option<double[]>("--keep-alive")
        {
            Description = "Keep-alive durations in seconds: the points of Fixed's and Adaptive's curves.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [60, 150, 300, 600, 1200, 2400, 4800],
        };
        var warmUp = new Option<double>("--warm-up")
        {
            Description = "Share of the trace, from 0 to below 1, that only teaches the policies.",
            DefaultValueFactory = _ => 0.5,
        };
        var defer = new Option<double>("--defer")
        {
            Description = "Seconds by which every request may start later, as asynchronous work may: peaks are shaved within them.",
        };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var plot = new Option<string?>("--plot") { Description = "File for an SVG plot of cold starts against idle time." };
        var command = new Command("simulate", "Replay a trace through the keep-alive policies.") { trace, format, concurrency, durations, warmUp, defer, json, plot };
        foreach (var option in columns.All)
            command.Add(option);
        command.SetAction(line =>
        {
            var name = line.GetValue(format)!;
            var read = columns.Apply(TraceFormat.Known.GetValueOrDefault(name) ?? new(), line);
            var requests = TraceReader.Read(line.GetValue(trace)!, name, read);
            if (Between(line.GetValue(defer), 0, 1e9, "--defer") is > 0 and var seconds)
                requests = Shave(requests, seconds);
            var report = Simulate(
                requests, read.ColdStart, Between(line.GetValue(concurrency), 1, 1000, "--concurrency"),
                [.. line.GetValue(durations)!.Select(d => Between(d, 0, 1e9, "--keep-alive")).Distinct().Order()], Share(line.GetValue(warmUp)));
            Console.Write(line.GetValue(json) ? report.ToJson() : report.ToTable());
            if (line.GetValue(plot) is { } file)
                Write(file, CostCurvePlot.Draw(report));
            return ExitCodes.Success;
        });
        return command;
    }

    private static IEnumerable<string> Formats => TraceFormat.Known.Keys.Append(TraceReader.MinuteFormat).Append(TraceReader.QuantileFormat);

    /// <summary>Replays the trace under every policy.</summary>
    internal static SimulationReport Simulate(Trace trace, ColdStartModel coldStart, int concurrency, IReadOnlyList<double> durations, double warmUp)
    {
        var from = trace.Requests[(int)(trace.Requests.Count * warmUp)].Arrival;
        var points = durations.SelectMany(duration => new[] { (KeepAlivePolicy.Fixed, duration), (KeepAlivePolicy.Adaptive, duration) })
            .Append((KeepAlivePolicy.Histogram, 0))
            .OrderBy(p => p.Item1)
            .Select(p =>
            {
                var spec = new KeepAliveSpec { Policy = p.Item1, Duration = TimeSpan.FromSeconds(p.Item2) };
                return new SimulationPoint(p.Item1, p.Item2, Simulator.Run(trace, new(spec, coldStart, concurrency), (from, double.PositiveInfinity))[0]);
            });
        return new(trace.Name, trace.Requests.Count, trace.Functions.Count, [.. points]);
    }

    private static Trace Shave(Trace trace, double seconds)
    {
        var before = trace.Requests.GroupBy(r => Math.Floor(r.Arrival)).Max(second => second.Count());
        var (shaved, after) = trace.Deferred(seconds);
        // Beside the report, which may be JSON.
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The busiest second has {after} starts; {before} without --defer."));
        return shaved;
    }

    private static double Share(double value) => value is >= 0 and < 1
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--warm-up is {value}: a share from 0 to below 1 is expected"), ExitCodes.Usage);

    private static T Between<T>(T value, T least, T most, string option)
        where T : IComparable<T> => value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
        ? value
        : throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}: {least} to {most} is expected"), ExitCodes.Usage);

    private static void Write(string file, string text)
    {
        try
        {
            File.WriteAllText(file, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the plot \"{file}\" cannot be written: {e.Message}");
        }
    }
}
