using System.CommandLine;
using Hearth.Cli.Manifests;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Cli.Commands;

/// <summary>The command line of <c>hearth</c>.</summary>
internal static class HearthCommandLine
{
    /// <summary>Runs what <paramref name="args"/> ask for and returns the exit code.</summary>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        // "@FILE" is a value of our options, not a file of arguments.
        var line = Create().Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            var code = await line.InvokeAsync(configuration, cancel);
            return line.Errors.Count > 0 ? ExitCodes.Usage : code;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return ExitCodes.Success;
        }
        catch (TaskCanceledException e) when (e.InnerException is TimeoutException)
        {
            return Fail($"no answer in time: {e.Message}", ExitCodes.Unavailable);
        }
        catch (CommandException e)
        {
            return Fail(e.Message, e.ExitCode);
        }
        catch (HttpRequestException e)
        {
            return Fail(e.Message, ExitCodes.Unavailable);
        }
        catch (Exception e) when (e is KubeConfigException or KubernetesException or ManifestException or InvalidOperationException or IOException)
        {
            return Fail(e.Message, ExitCodes.Failure);
        }
    }

    /// <summary>Every command with its options.</summary>
    internal static RootCommand Create() => new("Hearth: a Kubernetes operator and serverless runtime for GPU work.")
    {
        SharedOptions.LogFormat,
        SharedOptions.LogLevel,
        UpCommand.Create(),
        DemoCommand.Create(),
        InvokeCommand.Create(),
        ClientCommand.Create(),
        NodeCommand.Create(),
        OperatorCommand.Create(),
        GatewayCommand.Create(),
        WorkerCommand.Create(),
        SimulateCommand.Create(),
        GpusCommand.Create(),
        CrdsCommand.Create(),
        DevicesCommand.Create(),
    };

    private static int Fail(string message, int code)
    {
        Console.Error.WriteLine($"hearth: {message}");
        return code;
    }
}
