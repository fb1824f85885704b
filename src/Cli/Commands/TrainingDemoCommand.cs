using System.CommandLine;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Training;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth demo training</c>.</summary>
internal static class TrainingDemoCommand
{
    public static Command Create()
    {
        var defaults = new TrainingDemoOptions();
        var kubeconfig = DemoCommand.Kubeconfig();
        var gateway = SharedOptions.Gateway();
        var data = DemoCommand.Data();
        var steps = DemoCommand.Count("--steps", "Steps to train.", defaults.Steps);
        var minAccuracy = Flag.With("--min-accuracy", "Held-out accuracy below which the demo fails.", defaults.MinAccuracy);
        var report = DemoCommand.Report();
        var command = new Command("training", "A training job on three workers, one of which is killed on the way; its model served as a function.")
        {
            kubeconfig, gateway, data, steps, minAccuracy, report,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs(LogLevel.Warning);
            var options = new TrainingDemoOptions
            {
                Data = line.GetValue(data),
                Steps = line.GetValue(steps),
                MinAccuracy = line.GetValue(minAccuracy),
                Report = line.GetValue(report),
            };
            var setting = new DemoSetting
            {
                Title = "a training job, and a worker that dies",
                Kubeconfig = line.GetValue(kubeconfig),
                Gateway = line.GetRequiredValue(gateway),
                Nodes = 3,
            };
            await DemoStage.PlayAsync(setting, logs, Play, cancel);
            return ExitCodes.Success;

            async Task Play(DemoStage stage)
            {
                using var demo = new TrainingDemo(options, stage);
                await demo.RunAsync(cancel);
            }
        });
        return command;
    }
}
