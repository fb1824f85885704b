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
        var listen = Flag.With("--listen", "Where callers are served.", defaults.Listen, "URL");
        var operations = Flag.With("--operations-listen", "Where health, metrics and load are served.", defaults.OperationsListen, "URL");
        var host = Flag.Of<string?>("--advertised-host", "Host under which other parts reach this gateway.");
        var url = Flag.Of<string?>("--advertised-url", "URL under which callers reach the gateways. Defaults to this gateway's own.", "URL");
        var ns = Flag.Of<string?>("--namespace", "Namespace to watch. Defaults to all.");
        var leases = Flag.With("--lease-namespace", "Namespace of the gateway's lease.", defaults.LeaseNamespace);
        var updates = Flag.With("--max-update-bytes", "Largest request body of a federation's client.", defaults.MaxUpdateBytes);
        var underWay = Flag.With("--max-update-bytes-under-way", "Bytes of federations' updates that are taken in at a time.", defaults.MaxUpdateBytesUnderWay);
        var rate = Flag.With("--min-update-rate", "Bytes a second that a federation's client must send; 0 for none.", defaults.MinUpdateBytesPerSecond);
        var queued = Flag.With("--max-queued", "Requests that wait for one function at most.", defaults.MaxQueuedPerFunction);
        var waiting = Flag.With("--max-waiting-bytes", "Memory that the waiting requests of all functions share.", defaults.MaxWaitingBytes);
        var pods = new WorkerPodFlags();
        var command = new Command("gateway", "Run a gateway: functions are invoked here.")
        {
            kubeconfig, listen, operations, host, url, ns, leases, updates, underWay, rate, queued, waiting,
        };
        pods.AddTo(command);
        command.SetAction(async (line, cancel) =>
        {
            GatewayServer.RunOnSocketThreads();
            using var logs = line.CreateLogs();
            using var client = new KubernetesClient(SharedOptions.ReadCluster(line.GetValue(kubeconfig)), TimeProvider.System, logs);
            var options = new GatewayOptions
            {
                Listen = line.GetRequiredValue(listen),
                OperationsListen = line.GetRequiredValue(operations),
                AdvertisedHost = line.GetValue(host),
                AdvertisedUrl = line.GetValue(url),
                Zone = Environment.GetEnvironmentVariable("HEARTH_ZONE"),
                Namespace = line.GetValue(ns),
                LeaseNamespace = line.GetRequiredValue(leases),
                MaxUpdateBytes = line.GetRequiredValue(updates),
                MaxUpdateBytesUnderWay = line.GetRequiredValue(underWay),
                MinUpdateBytesPerSecond = line.GetRequiredValue(rate),
                MaxQueuedPerFunction = line.GetRequiredValue(queued),
                MaxWaitingBytes = line.GetRequiredValue(waiting),
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
