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
        var nodes = Flag.With("--nodes", "Nodes.", defaults.Nodes);
        var cpu = Flag.With("--node-cpu", "CPU each node offers. Not enforced.", defaults.NodeCpu);
        var memory = Flag.With("--node-memory", "Memory each node offers. Not enforced.", defaults.NodeMemory);
        var gpus = Flag.Of<int>("--gpus", "GPUs each node claims to have.");
        var warm = Flag.With("--warm", "Idle workers of the pool \"default\".", defaults.Warm!.Value);
        var noPool = Flag.Of<bool>("--no-pool", "Make no pool.");
        var gatewayPort = Flag.With("--gateway-port", "Port of the gateway on 127.0.0.1; 0 takes a free one.", defaults.GatewayPort);
        var apiPort = Flag.Of<int>("--api-port", "Port of the API server on 127.0.0.1; 0 takes a free one.");
        var claims = ClaimOption.Create();
        var kubeconfig = Flag.With("--kubeconfig", "Where the kubeconfig is written.", defaults.Kubeconfig, "FILE");
        var without = new Option<LocalPart[]>("--without")
        {
            Description = "Parts to leave out, for example to run them as processes of their own.",
            HelpName = "operator,gateway,nodes",
            CustomParser = result => ParseParts(result),
        };
        const string Description = "Start a cluster in this process: API server, nodes, scheduler, operator, gateway and a pool. Ctrl-C ends and removes it.";
        var command = new Command("up", Description)
        {
            nodes, cpu, memory, gpus, warm, noPool, gatewayPort, apiPort, claims, kubeconfig, without,
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
                Claims = line.GetRequiredValue(claims),
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
        // A program holds the usual ones on all addresses. An operator or gateway of its own has to be told.
        if (cluster.WorkerPorts is var ports && ports != WorkerPorts.Usual)
            Console.WriteLine($"workers     --worker-data-port {ports.Data} --worker-control-port {ports.Control}");
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
