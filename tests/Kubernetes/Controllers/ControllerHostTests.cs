using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Leases;
using Hearth.Kubernetes.Tests.Client;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Result = Hearth.Kubernetes.Controllers.ReconciliationResult<Hearth.Api.Core.V1ConfigMap>;

namespace Hearth.Kubernetes.Tests.Controllers;

public sealed class ControllerHostTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly ManualTimeProvider _time = new();
    private readonly LeaseServer _server = new();
    private readonly ScriptedController _controller = new();

    [Fact]
    public void Informer_SameKindAndSelector_IsShared()
    {
        using var client = _server.Client(_time);
        var host = Host(client, leases: null);

        Assert.Same(host.Informer<V1ConfigMap>(), host.Informer<V1ConfigMap>());
        Assert.NotSame(host.Informer<V1ConfigMap>(), host.Informer<V1ConfigMap>("a=b"));
    }

    [Fact]
    public async Task AddController_WhileTheHostRuns_Throws()
    {
        using var client = _server.Client(_time);
        var host = Host(client, leases: null);
        await using var running = new RunningHost(host);

        Assert.Throws<InvalidOperationException>(() => host.AddController(_controller));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.RunAsync(CancellationToken.None));
    }

    [Fact]
    public void Constructor_OptionWithoutSense_NamesIt()
    {
        using var client = _server.Client(_time);
        var none = new ControllerHostOptions { MaxConcurrentReconciles = 0 };

        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new ControllerHost(client, none, _time, NullLoggerFactory.Instance));

        Assert.Contains("MaxConcurrentReconciles", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Cancelled_ReturnsAndGivesTheLeaseUp()
    {
        using var client = _server.Client(_time);
        using var stop = new CancellationTokenSource();
        var host = Host(client, "leases");
        var running = host.RunAsync(stop.Token);
        await host.Informer<V1ConfigMap>().WaitForSyncAsync(CancellationToken.None).WaitAsync(Patience);
        await _time.WaitForTimerAsync(Retry);
        Assert.True(host.IsReady);
        Assert.Equal("me", _server.Holder);

        await stop.CancelAsync();

        await running.WaitAsync(Patience);
        Assert.Equal("", _server.Holder);
    }

    [Fact]
    public async Task RunAsync_LeaseLost_CancelsReconcilesAndThrows()
    {
        using var client = _server.Client(_time);
        var cancelled = new TaskCompletionSource();
        _controller.Answer = async (e, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancelled.SetResult();
            return Result.Success(e);
        };
        var running = Host(client, "leases").RunAsync(CancellationToken.None);
        Assert.Equal("reconcile uid-a", await _controller.NextCallAsync());
        await _time.WaitForTimerAsync(Retry);
        _server.Take("thief");

        _time.Advance(Retry);

        await cancelled.Task.WaitAsync(Patience);
        await Assert.ThrowsAsync<LeadershipLostException>(() => running.WaitAsync(Patience));
    }

    private ControllerHost Host(IKubernetesClient client, string? leases)
    {
        var options = new ControllerHostOptions { Identity = "me", LeaseNamespace = leases };
        return new ControllerHost(client, options, _time, NullLoggerFactory.Instance).AddController(_controller);
    }
}
