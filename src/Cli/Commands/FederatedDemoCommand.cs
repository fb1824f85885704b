using System.CommandLine;
using Hearth.Cli.Demos;
using Hearth.Cli.Demos.Federated;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth demo federated</c>.</summary>
internal static class FederatedDemoCommand
{
    public static Command Create()
    {
        var defaults = new FederatedDemoOptions();
        var kubeconfig = DemoCommand.Kubeconfig();
        var gateway = SharedOptions.Gateway();
        var data = DemoCommand.Data();
        var clients = DemoCommand.Count("--clients", "Clients that take part, each with digits of its own.", defaults.Clients);
        var rounds = DemoCommand.Count("--rounds", "Rounds.", defaults.Rounds);
        var minAccuracy = Flag.With("--min-accuracy", "Held-out accuracy after the last round below which the demo fails.", defaults.MinAccuracy);
        var report = DemoCommand.Report();
        var command = new Command("federated", "A model that clients train together, each on data that it keeps; served as a function.")
        {
            kubeconfig, gateway, data, clients, rounds, minAccuracy, report,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs(LogLevel.Warning);
            var options = new FederatedDemoOptions
            {
                Data = line.GetValue(data),
                Clients = line.GetValue(clients),
                Rounds = line.GetValue(rounds),
                MinAccuracy = line.GetValue(minAccuracy),
                Report = line.GetValue(report),
            };
            var setting = new DemoSetting
            {
                Title = "a federated aggregation, data that stays where it is",
                Kubeconfig = line.GetValue(kubeconfig),
                Gateway = line.GetRequiredValue(gateway),
                Nodes = 2,
            };
            await DemoStage.PlayAsync(setting, logs, Play, cancel);
            return ExitCodes.Success;

            async Task Play(DemoStage stage)
            {
                using var demo = new FederatedDemo(options, stage);
                await demo.RunAsync(cancel);
            }
        });
        return command;
    }
}
