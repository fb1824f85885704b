using System.CommandLine;
using Hearth.Worker;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth worker</c>: the runtime in a worker pod, set up by its environment.</summary>
internal static class WorkerCommand
{
    public static Command Create()
    {
        var command = new Command("worker", "Run a worker of a pool. The environment of its pod says how; nothing is asked on the command line.");
        command.SetAction((line, cancel) => RunAsync(line.CreateLogs(), cancel));
        return command;
    }

    /// <summary>Runs a worker until <paramref name="cancel"/>.</summary>
    public static async Task<int> RunAsync(ILoggerFactory loggers, CancellationToken cancel)
    {
        using var logs = loggers;
        try
        {
            var options = WorkerOptions.FromEnvironment(Environment.GetEnvironmentVariable);
            await using var worker = await WorkerServer.StartAsync(options, TimeProvider.System, logs, cancel);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        }
        catch (Exception e) when (e is ArgumentException or IOException)
        {
            await Console.Error.WriteLineAsync($"hearth worker: {e.Message}");
            return ExitCodes.Failure;
        }
    }
}
