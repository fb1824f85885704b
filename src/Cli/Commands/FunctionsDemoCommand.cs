using System.CommandLine;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Functions;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth demo functions</c>.</summary>
internal static class FunctionsDemoCommand
{
    public static Command Create()
    {
        var kubeconfig = DemoCommand.Kubeconfig();
        var gateway = SharedOptions.Gateway();
        var model = Flag.Of<string?>("--model", "ONNX file to serve instead of the digits example.", "FILE");
        var inputs = Flag.Of<string[]>("--input", "Raw little-endian tensor for an input of the model. Repeatable.", "FILE[,name=NAME][,shape=1x3x4]");
        var binary = Flag.Of<bool>("--binary", "Send and receive tensors as bytes instead of JSON.");
        var output = Flag.Of<string?>("--output", "Keep the answer, as JSON.", "FILE");
        var report = DemoCommand.Report();
        var command = new Command("functions", "An inference function: cold, warm, created, to zero and back.")
        {
            kubeconfig, gateway, model, inputs, binary, output, report,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs(LogLevel.Warning);
            var options = new FunctionsDemoOptions
            {
                Model = line.GetValue(model),
                Inputs = [.. (line.GetValue(inputs) ?? []).Select(InputFile.Parse)],
                Binary = line.GetValue(binary),
                Output = line.GetValue(output),
                Report = line.GetValue(report),
            };
            var subject = options.Model is { } file ? Subject.Of(file) : Subject.Digits();
            var setting = new DemoSetting
            {
                Title = "an inference function, from zero and back",
                Kubeconfig = line.GetValue(kubeconfig),
                Gateway = line.GetRequiredValue(gateway),
                BringsPool = subject.BringsPool,
            };
            await DemoStage.PlayAsync(setting, logs, stage => new FunctionsDemo(options, subject, stage).RunAsync(cancel), cancel);
            return ExitCodes.Success;
        });
        return command;
    }
}
