using System.CommandLine;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Functions;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth demo</c>: what Hearth does, shown and measured.</summary>
internal static class DemoCommand
{
    public static Command Create() => new("demo", "Show and measure what Hearth does.") { CreateFunctions() };

    private static Command CreateFunctions()
    {
        var kubeconfig = Flag.Of<string?>("--kubeconfig", "Kubeconfig of a running cluster. Without it the demo starts one.", "FILE");
        var gateway = SharedOptions.Gateway();
        var model = Flag.Of<string?>("--model", "ONNX file to serve instead of the digits example.", "FILE");
        var inputs = Flag.Of<string[]>("--input", "Raw little-endian tensor for an input of the model. Repeatable.", "FILE[,name=NAME][,shape=1x3x4]");
        var binary = Flag.Of<bool>("--binary", "Send and receive tensors as bytes instead of JSON.");
        var output = Flag.Of<string?>("--output", "Keep the answer, as JSON.", "FILE");
        var report = Flag.Of<string?>("--report", "Keep the figures, as JSON.", "FILE");
        var command = new Command("functions", "An inference function: cold, warm, created, to zero and back.")
        {
            kubeconfig, gateway, model, inputs, binary, output, report,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs(LogLevel.Warning);
            var options = new FunctionsDemoOptions
            {
                Kubeconfig = line.GetValue(kubeconfig),
                Gateway = line.GetRequiredValue(gateway),
                Model = line.GetValue(model),
                Inputs = [.. (line.GetValue(inputs) ?? []).Select(InputFile.Parse)],
                Binary = line.GetValue(binary),
                Output = line.GetValue(output),
                Report = line.GetValue(report),
            };
            await RunAsync(options, logs, cancel);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task RunAsync(FunctionsDemoOptions options, ILoggerFactory logs, CancellationToken cancel)
    {
        var time = TimeProvider.System;
        var screen = DemoScreen.Create(time);
        var subject = options.Model is { } model ? Subject.Of(model) : Subject.Digits();
        screen.Step(options.Kubeconfig is null ? "start a cluster in this process" : $"use the cluster of \"{options.Kubeconfig}\"");
        await using var cluster = options.Kubeconfig is { } kubeconfig
            ? DemoCluster.Join(kubeconfig, options.Gateway, time, logs)
            : await DemoCluster.StartAsync(subject.BringsPool, time, logs, cancel);
        screen.Say($"functions answer at {cluster.Gateway}v1.0/invoke/{subject.Name}/method/v2/models/{subject.Name}/infer");
        using var http = new HttpClient { Timeout = TimeSpan.FromMinutes(2) };
        var demo = new FunctionsDemo(options, subject, cluster, http, screen, time);
        try
        {
            await demo.RunAsync(cancel);
        }
        finally
        {
            if (!cluster.IsOwn)
                await demo.RemoveAsync(CancellationToken.None);
        }
    }
}
