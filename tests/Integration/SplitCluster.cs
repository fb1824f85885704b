using System.Net;
using System.Net.Sockets;
using Hearth.Api.Core;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>A cluster whose operator and gateway are processes of their own, so that each can be killed alone.</summary>
public sealed class SplitCluster() : Cluster("--without", "operator,gateway", "--warm", "3")
{
    private readonly int _gatewayPort = LoopbackPort.Free();
    private HearthProcess? _gateway;
    private HearthProcess? _operator;

    public override string Outputs => $"{base.Outputs}\noperator:\n{_operator?.Output}\ngateway:\n{_gateway?.Output}";

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await StartOperatorAsync();
        await StartGatewayAsync();
    }

    public override async Task DisposeAsync()
    {
        await CrashGatewayAsync();
        await CrashOperatorAsync();
        await base.DisposeAsync();
    }

    public async Task StartGatewayAsync()
    {
        Gateway = new($"http://127.0.0.1:{_gatewayPort}/");
        _gateway = HearthProcess.Start(
            "gateway", "--kubeconfig", Kubeconfig, "--listen", Gateway.GetLeftPart(UriPartial.Authority), "--operations-listen", "http://127.0.0.1:0");
        await _gateway.WaitForLineAsync("^gateway ");
    }

    public async Task StartOperatorAsync()
    {
        _operator = HearthProcess.Start("operator", "--kubeconfig", Kubeconfig, "--operations-listen", "http://127.0.0.1:0");
        await _operator.WaitForLineAsync("^operator ");
    }

    /// <summary>kill -9 of the gateway, if one runs; completes when it is dead.</summary>
    public Task CrashGatewayAsync() => CrashAsync(Interlocked.Exchange(ref _gateway, null));

    /// <summary>kill -9 of the operator, if one runs; completes when it is dead.</summary>
    public Task CrashOperatorAsync() => CrashAsync(Interlocked.Exchange(ref _operator, null));

    /// <summary>kill -9 of a worker's process.</summary>
    public static void CrashWorker(V1Pod pod) => SignalWorker(pod, 9);

    /// <summary>Sends a signal to a worker's process.</summary>
    public static void SignalWorker(V1Pod pod, int signal)
    {
        const string Scheme = "process://";
        var id = pod.Status?.ContainerStatuses?[0].ContainerID ?? throw new InvalidOperationException("the pod has no running container");
        HearthProcess.Signal(int.Parse(id[Scheme.Length..], System.Globalization.CultureInfo.InvariantCulture), signal);
    }

    private static async Task CrashAsync(HearthProcess? process)
    {
        if (process is null)
            return;
        process.Crash();
        await process.WaitForExitAsync();
        await process.DisposeAsync();
    }
}
