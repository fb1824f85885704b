using System.CommandLine;
using Hearth.Cli.Local;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth up</c>: a cluster in this process, until Ctrl-C.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var defaults = new LocalClusterOptions();
        var nodes = new Option<int>("--nodes") { Description = "Nodes.", DefaultValueFactory = _ => defaults.Nodes };
        var cpu = new Option<string>("--node-cpu") { Description = "CPU each node offers. Not enforced.", DefaultValueFactory = _ => defaults.NodeCpu };
        var memory = new Option<string>("--node-memory") { Description = "Memory each node offers. Not enforced.", DefaultValueFactory = _ => defaults.NodeMemory };
        var gpus = new Option<int>("--gpus") { Description = "GPUs each node claims to have." };
        var warm = new Option<int>("--warm") { Description = "Idle workers of the pool \"default\".", DefaultValueFactory = _ => defaults.Warm!.Value };
        var noPool = new Option<bool>("--no-pool") { Description = "Make no pool." };
        var gatewayPort = new Option<int>("--gateway-port") { Description = "Port of the gateway on 127.0.0.1; 0 takes a free one.", DefaultValueFactory = _ => defaults.GatewayPort };
        var apiPort = new Option<int>("--api-port") { Description = "Port of the API server on 127.0.0.1; 0 takes a free one." };
        var kubeconfig = new Option<string>("--kubeconfig") { Description = "Where the kubeconfig is written.", HelpName = "FILE", DefaultValueFactory = _ => defaults.Kubeconfig };
        var without = new Option<LocalPart[]>("--without")
        {
            Description = "Parts to leave out, for example to run them as processes of their own.",
            HelpName = "operator,gateway,nodes",
            CustomParser = result => ParseParts(result),
        };
        var command = new Command("up", "Start a cluster in this process: API server, nodes, scheduler, operator, gateway and a pool. Ctrl-C ends and removes it.")
        {
            nodes, cpu, memory, gpus, warm, noPool, gatewayPort, apiPort, kubeconfig, without,
        };
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs(LogLevel.Warning);
            var options = new LocalClusterOptions
            {
                Nodes = line.GetValue(nodes),
                NodeCpu = line.GetRequiredValue(cpu),
                NodeMemory = line.GetRequiredValue(memory),
                NodeGpus = line.GetValue(gpus),
                Warm = line.GetValue(noPool) ? null : line.GetValue(warm),
                GatewayPort = line.GetValue(gatewayPort),
                ApiPort = line.GetValue(apiPort),
                Kubeconfig = line.GetRequiredValue(kubeconfig),
                Without = (line.GetValue(without) ?? []).ToHashSet(),
            };
            await using var cluster = await LocalCluster.StartAsync(options, TimeProvider.System, logs, cancel);
            Announce(cluster);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.WriteLine("stopping");
            return ExitCodes.Success;
        });
        return command;
    }

    private static void Announce(LocalCluster cluster)
    {
        Console.WriteLine($"API server  {cluster.Client.BaseUri}");
        if (cluster.Gateway is { } gateway)
            Console.WriteLine($"functions   {gateway}v1.0/invoke/FUNCTION/method/PATH");
        Console.WriteLine($"kubectl     export KUBECONFIG={cluster.Kubeconfig}");
        Console.WriteLine("Ctrl-C stops the cluster and removes everything it made.");
    }

    private static LocalPart[] ParseParts(System.CommandLine.Parsing.ArgumentResult result)
    {
        var parts = new List<LocalPart>();
        foreach (var name in result.Tokens.SelectMany(t => t.Value.Split(',', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (Enum.TryParse<LocalPart>(name, ignoreCase: true, out var part) && Enum.IsDefined(part))
                parts.Add(part);
            else
                result.AddError($"--without: \"{name}\" is none of operator, gateway and nodes.");
        }
        return [.. parts];
    }
}
