using System.CommandLine;
using System.Globalization;
using Hearth.Cli.Gpus;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth gpus</c>: which mix of GPU types serves a trace within a latency target for least.</summary>
internal static class GpusCommand
{
    public static Command Create()
    {
        var trace = new Argument<string>("TRACE") { Description = "CSV file with one request a row." };
        var measured = new Option<string>("--measured")
        {
            Description = "CSV file with columns gpu, price, size, rate: how many requests a second, up to which size, one GPU serves within the latency target.",
            Required = true,
        };
        var time = new Option<string>("--time") { Description = "Column of the arrival: seconds, or a date and time.", DefaultValueFactory = _ => "time" };
        var size = new Option<string[]>("--size")
        {
            Description = "Columns whose sum is a request's size, in the unit of the measurements.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["size"],
        };
        var window = new Option<double>("--window") { Description = "Seconds over which requests are counted; the busiest counts.", DefaultValueFactory = _ => 60 };
        var json = new Option<bool>("--json") { Description = "Print JSON instead of a table." };
        var command = new Command("gpus", "Find the cheapest mix of GPU types for a trace.") { trace, measured, time, size, window, json };
        command.SetAction(line =>
        {
            var seconds = line.GetValue(window);
            if (seconds is not (>= 1 and <= 1e9))
                throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"--window is {seconds}: seconds from 1 to 1e9 are expected"), ExitCodes.Usage);
            var gpus = GpuMeasurements.Read(line.GetValue(measured)!);
            var plan = GpuPlan.Make(gpus, GpuDemand.Read(line.GetValue(trace)!, line.GetValue(time)!, line.GetValue(size)!, gpus.Sizes, seconds), seconds);
            Console.Write(line.GetValue(json) ? plan.ToJson() : plan.ToTable());
            return ExitCodes.Success;
        });
        return command;
    }
}
