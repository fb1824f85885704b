using System.CommandLine;
using System.Net;
using Hearth.Cli.Local.Nodes;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth node</c>: joins a cluster with a node whose pods are processes of this machine.</summary>
internal static class NodeCommand
{
    public static Command Create()
    {
        var kubeconfig = SharedOptions.Kubeconfig();
        var name = Flag.With("--name", "Name of the node.", Dns.GetHostName().ToLowerInvariant());
        var cpu = Flag.With("--cpu", "CPU the node offers. Not enforced.", "64");
        var memory = Flag.With("--memory", "Memory the node offers. Not enforced.", "256Gi");
        var gpus = Flag.Of<int>("--gpus", "GPUs the node claims to have.");
        var labels = Flag.Of<string[]>("--label", "Further label, key=value. Repeatable.");
        var claims = ClaimOption.Create();
        var command = new Command("node", "Join a cluster with a node that runs pods as processes of this machine.")
        {
            kubeconfig, name, cpu, memory, gpus, labels, claims,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs();
            var cluster = SharedOptions.ReadCluster(line.GetValue(kubeconfig));
            using var client = new KubernetesClient(cluster, TimeProvider.System, logs);
            var options = new ProcessNodeOptions
            {
                Name = line.GetRequiredValue(name),
                Cpu = line.GetRequiredValue(cpu),
                Memory = line.GetRequiredValue(memory),
                Gpus = line.GetValue(gpus),
                Labels = (line.GetValue(labels) ?? []).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => l.ElementAtOrDefault(1) ?? ""),
                Claims = line.GetRequiredValue(claims),
                LogToken = cluster.AccessToken,
            };
            await using var node = await ProcessNode.StartAsync(options, client, TimeProvider.System, logs, cancel);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        });
        return command;
    }
}
