using System.CommandLine;
using System.Globalization;
using Hearth.Cli.Simulation;

namespace Hearth.Cli.Commands;

/// <summary>The flags that say which column of a trace means what; each replaces what the format says.</summary>
internal sealed class TraceColumnOptions
{
    private readonly Option<string?> _time = new("--time") { Description = "Column of the arrival: seconds, or a date and time." };
    private readonly Option<string[]> _function = new("--function")
    {
        Description = "Columns that together name the function.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string?> _duration = new("--duration") { Description = "Column of the duration." };
    private readonly Option<double?> _scale = new("--duration-scale") { Description = "Seconds that 1 in that column means." };
    private readonly Option<double?> _seconds = new("--seconds") { Description = "Duration of every request in seconds, where no column tells." };
    private readonly Option<string?> _start = new("--start") { Description = "Column of the start of the work." };
    private readonly Option<string?> _end = new("--end") { Description = "Column of the end of the work." };
    private readonly Option<double[]> _coldStart = new("--cold-start")
    {
        Description = "Time of a cold start: seconds, or mu and sigma of a log-normal.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>Every flag.</summary>
    public IEnumerable<Option> All => [_time, _function, _duration, _scale, _seconds, _start, _end, _coldStart];

    /// <summary>The format with what the command line says instead.</summary>
    public TraceFormat Apply(TraceFormat format, ParseResult line)
    {
        var read = format with
        {
            Time = line.GetValue(_time) ?? format.Time,
            Function = line.GetValue(_function) is { Length: > 0 } function ? function : format.Function,
            Duration = line.GetValue(_duration) ?? format.Duration,
            DurationScale = Positive(line.GetValue(_scale), _scale) ?? format.DurationScale,
            FixedDuration = Positive(line.GetValue(_seconds), _seconds) ?? format.FixedDuration,
            Start = line.GetValue(_start) ?? format.Start,
            End = line.GetValue(_end) ?? format.End,
        };
        return line.GetValue(_coldStart) switch
        {
            null or [] => read,
            [> 0 and var seconds] when double.IsFinite(seconds) => read with { ColdStart = new(Math.Log(seconds), 0) },
            [var mu, >= 0 and var sigma] when double.IsFinite(mu) && double.IsFinite(sigma) => read with { ColdStart = new(mu, sigma) },
            var other => throw Wrong(_coldStart, string.Join(' ', other.Select(o => o.ToString(CultureInfo.InvariantCulture))), "seconds above 0, or mu and a sigma of 0 or more, are"),
        };
    }

    private static double? Positive(double? value, Option option) => value is null or (> 0 and <= 1e9)
        ? value
        : throw Wrong(option, value.Value.ToString(CultureInfo.InvariantCulture), "a number above 0, 1e9 at most, is");

    private static CommandException Wrong(Option option, string value, string expected) =>
        new($"{option.Name} is \"{value}\": {expected} expected", ExitCodes.Usage);
}
