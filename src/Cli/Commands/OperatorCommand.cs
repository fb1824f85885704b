using System.CommandLine;
using Hearth.Kubernetes.Client;
using Hearth.Operator;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth operator</c>: reconciles Hearth's kinds.</summary>
internal static class OperatorCommand
{
    public static Command Create()
    {
        var defaults = new OperatorOptions();
        var kubeconfig = SharedOptions.Kubeconfig();
        var operations = Flag.With("--operations-listen", "Where health and metrics are served.", defaults.OperationsListen, "URL");
        var lease = Flag.Of<string?>("--leader-election-namespace", "Namespace of the leader-election lease. Without it there is no election.");
        var gateways = Flag.With("--gateway-lease-namespace", "Namespace of the gateways' leases.", defaults.GatewayLeaseNamespace);
        var pods = new WorkerPodFlags();
        var command = new Command("operator", "Run the operator: pools are kept warm and functions scaled here.") { kubeconfig, operations, lease, gateways };
        pods.AddTo(command);
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs();
            using var client = new KubernetesClient(SharedOptions.ReadCluster(line.GetValue(kubeconfig)), TimeProvider.System, logs);
            var options = new OperatorOptions
            {
                OperationsListen = line.GetRequiredValue(operations),
                LeaseNamespace = line.GetValue(lease),
                GatewayLeaseNamespace = line.GetRequiredValue(gateways),
                WorkerPods = pods.Read(line),
            };
            await using var server = await OperatorServer.StartAsync(options, client, TimeProvider.System, logs, cancel);
            Console.WriteLine($"operator {server.OperationsUrl}");
            // An operator that lost its lease must not go on: whoever runs it starts it anew.
            await server.Completion.WaitAsync(cancel);
            return ExitCodes.Failure;
        });
        return command;
    }
}
