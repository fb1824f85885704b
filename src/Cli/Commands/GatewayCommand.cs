using System.CommandLine;
using Hearth.Gateway;
using Hearth.Kubernetes.Client;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth gateway</c>: takes invocations and brings workers for them.</summary>
internal static class GatewayCommand
{
    public static Command Create()
    {
        var defaults = new GatewayOptions();
        var kubeconfig = SharedOptions.Kubeconfig();
        var listen = new Option<string>("--listen") { Description = "Where callers are served.", HelpName = "URL", DefaultValueFactory = _ => defaults.Listen };
        var operations = new Option<string>("--operations-listen") { Description = "Where health, metrics and load are served.", HelpName = "URL", DefaultValueFactory = _ => defaults.OperationsListen };
        var host = new Option<string?>("--advertised-host") { Description = "Host under which other parts reach this gateway." };
        var url = new Option<string?>("--advertised-url") { Description = "URL under which callers reach the gateways. Defaults to this gateway's own.", HelpName = "URL" };
        var ns = new Option<string?>("--namespace") { Description = "Namespace to watch. Defaults to all." };
        var leases = new Option<string>("--lease-namespace") { Description = "Namespace of the gateway's lease.", DefaultValueFactory = _ => defaults.LeaseNamespace };
        var pods = new WorkerPodFlags();
        var command = new Command("gateway", "Run a gateway: functions are invoked here.") { kubeconfig, listen, operations, host, url, ns, leases };
        pods.AddTo(command);
        command.SetAction(async (line, cancel) =>
        {
            using var logs = line.CreateLogs();
            using var client = new KubernetesClient(SharedOptions.ReadCluster(line.GetValue(kubeconfig)), TimeProvider.System, logs);
            var options = new GatewayOptions
            {
                Listen = line.GetRequiredValue(listen),
                OperationsListen = line.GetRequiredValue(operations),
                AdvertisedHost = line.GetValue(host),
                AdvertisedUrl = line.GetValue(url),
                Namespace = line.GetValue(ns),
                LeaseNamespace = line.GetRequiredValue(leases),
                WorkerPods = pods.Read(line),
                DaprApiToken = Environment.GetEnvironmentVariable("APP_API_TOKEN"),
            };
            await using var gateway = await GatewayServer.StartAsync(options, client, TimeProvider.System, logs, cancel);
            Console.WriteLine($"gateway {gateway.Url}");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return ExitCodes.Success;
        });
        return command;
    }
}
