using System.Net;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Testing;

namespace Hearth.Gateway.Tests;

/// <summary>A whole gateway: what it refuses and what it reports.</summary>
public sealed class GatewayServerTests : IAsyncLifetime
{
    private GatewayWorld _world = null!;

    public async Task InitializeAsync() => _world = await GatewayWorld.StartAsync(withPool: false);

    public async Task DisposeAsync() => await _world.DisposeAsync();

    [Fact]
    public async Task Invoke_UnknownFunction_Is404InDaprsForm()
    {
        var gateway = await _world.StartGatewayAsync();

        using var answer = await gateway.InvokeAsync("nobody");

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.StartsWith("failed to invoke, id: nobody, err: couldn't find function \"default/nobody\"", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_MissingPool_Is404AndSaysHowToMakeOne()
    {
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Pool("gpu").Build(), gateway);

        using var answer = await gateway.InvokeAsync();

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.NotFound, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.Contains("WorkerPool \"gpu\", which does not exist in namespace \"default\": create it", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_Suspended_Is409()
    {
        var gateway = await _world.StartGatewayAsync();
        await _world.AddFunctionAsync(new MakeFunction().Suspend().Build(), gateway);

        using var answer = await gateway.InvokeAsync();

        Assert.Equal((HttpStatusCode.Conflict, "ERR_FUNCTION_SUSPENDED"), await StatusAndCodeAsync(answer));
    }

    [Fact]
    public async Task Invoke_SuspendedWhileWaiting_Is409()
    {
        await _world.AddPoolAsync();
        var gateway = await _world.StartGatewayAsync();
        var loading = new TaskCompletionSource();
        _world.Spare.Load = async (_, cancel) =>
        {
            loading.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return new();
        };
        var function = await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        var call = gateway.InvokeAsync();
        await loading.Task.WaitAsync(GatewayWorld.Patience);
        await _world.Client.UpdateAsync(function with { Spec = function.Spec with { Suspend = true } });

        using var answer = await call;
        Assert.Equal((HttpStatusCode.Conflict, "ERR_FUNCTION_SUSPENDED"), await StatusAndCodeAsync(answer));
    }

    [Fact]
    public async Task Invoke_NoWorkerInTime_Is504AndSaysWhatWasWaitedFor()
    {
        await _world.AddPoolAsync();
        var gateway = await _world.StartGatewayAsync();
        _world.Spare.Load = async (_, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancel);
            return new();
        };
        var function = new MakeFunction().Build();
        function.Spec.Timeout = TimeSpan.FromSeconds(2);
        await _world.AddFunctionAsync(function, gateway);

        using var answer = await gateway.InvokeAsync();

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "ERR_TIMEOUT"), (status, code));
        Assert.Contains("no answer within the timeout of 2 s: worker \"fn-", message, StringComparison.Ordinal);
        Assert.EndsWith("is fetching: fetching", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_QueueFull_Is429WithRetryAfter()
    {
        await _world.AddPoolAsync();
        var gateway = await _world.StartGatewayAsync(new() { MaxQueuedPerFunction = 1 });
        var loading = new TaskCompletionSource();
        var loaded = new TaskCompletionSource();
        _world.Spare.Load = async (assignment, _) =>
        {
            loading.SetResult();
            await loaded.Task;
            return FakeWorker.ReadyLine(assignment);
        };
        await _world.AddFunctionAsync(new MakeFunction().Build(), gateway);

        var waiting = gateway.InvokeAsync();
        await loading.Task.WaitAsync(GatewayWorld.Patience);
        using var refused = await gateway.InvokeAsync();
        loaded.SetResult();
        using var served = await waiting;

        Assert.Equal((HttpStatusCode.TooManyRequests, "ERR_OVERLOADED"), await StatusAndCodeAsync(refused));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
    }

    [Fact]
    public async Task Invoke_WrongDaprToken_Is401()
    {
        var gateway = await _world.StartGatewayAsync(new() { DaprApiToken = "secret" });

        using var answer = await gateway.InvokeAsync();

        Assert.Equal((HttpStatusCode.Unauthorized, "ERR_UNAUTHORIZED"), await StatusAndCodeAsync(answer));
    }

    [Fact]
    public async Task Start_Always_RenewsALeaseWithItsAddressesAndDeletesItAtTheEnd()
    {
        var gateway = await _world.StartGatewayAsync(new() { Identity = "Host_1" });
        var lease = await WaitForLeaseAsync("hearth-gateway-host-1");

        Assert.Equal("gateway", lease.GetLabel(HearthLabels.Component));
        Assert.Equal(gateway.Server.Url, lease.GetAnnotation(HearthAnnotations.GatewayUrl));
        Assert.Equal(gateway.Server.OperationsUrl, lease.GetAnnotation(HearthAnnotations.LoadUrl));
        Assert.Equal(("Host_1", 15), (lease.Spec.HolderIdentity, lease.Spec.LeaseDurationSeconds));
        await gateway.Server.DisposeAsync();
        Assert.Null(await _world.Client.GetAsync<V1Lease>("hearth-gateway-host-1", MakeFunction.DefaultNamespace));
    }

    [Fact]
    public async Task Operations_AfterARequest_ReportLoadAndMetrics()
    {
        await _world.AddPoolAsync();
        var gateway = await _world.StartGatewayAsync(new() { Identity = "me" });
        await _world.AddFunctionAsync(new MakeFunction("counted").Build(), gateway);
        using var answer = await gateway.InvokeAsync("counted");

        var load = await gateway.GetOperationsAsync("/load");
        using var http = new HttpClient { BaseAddress = new(gateway.Server.OperationsUrl) };
        var metrics = await http.GetStringAsync("/metrics");

        Assert.Equal("me", load["gateway"]!.GetValue<string>());
        var function = Assert.Single(load["functions"]!.AsArray())!;
        Assert.Equal(("counted", 1, 0), (function["name"]!.GetValue<string>(), function["requests"]!.GetValue<int>(), function["queued"]!.GetValue<int>()));
        Assert.Contains("hearth_gateway_requests_total{", metrics, StringComparison.Ordinal);
        Assert.Contains("hearth_cold_start_seconds_bucket{", metrics, StringComparison.Ordinal);
        Assert.Equal("ok", await http.GetStringAsync("/healthz"));
        Assert.Equal("ok", await http.GetStringAsync("/readyz"));
    }

    [Fact]
    public async Task Start_InvalidOptions_AreAllNamed()
    {
        var options = new GatewayOptions { Identity = "", MaxQueuedPerFunction = 0, ReplayBytes = -1 };

        var error = await Assert.ThrowsAsync<ArgumentException>(() =>
            GatewayServer.StartAsync(options, _world.Client, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, default));

        foreach (var name in new[] { "Identity", "MaxQueuedPerFunction", "ReplayBytes" })
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    private async Task<V1Lease> WaitForLeaseAsync(string name)
    {
        using var patience = new CancellationTokenSource(GatewayWorld.Patience);
        while (true)
        {
            if (await _world.Client.GetAsync<V1Lease>(name, MakeFunction.DefaultNamespace, patience.Token) is { } lease)
                return lease;
        }
    }

    private static async Task<(HttpStatusCode, string)> StatusAndCodeAsync(HttpResponseMessage answer)
    {
        var (status, code, _) = await GatewayClient.ReadErrorAsync(answer);
        return (status, code);
    }
}
