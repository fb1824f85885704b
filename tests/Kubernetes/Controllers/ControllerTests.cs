using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Queues;
using Hearth.Testing;
using Microsoft.Extensions.Logging;
using Result = Hearth.Kubernetes.Controllers.ReconciliationResult<Hearth.Api.Core.V1ConfigMap>;

namespace Hearth.Kubernetes.Tests.Controllers;

public sealed class ControllerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly V1ConfigMap A = new() { Metadata = new V1ObjectMeta { Name = "a", Namespace = "ns", Uid = "1" } };
    private readonly string _name = $"test-{Guid.NewGuid():N}";
    private readonly PrometheusTextExporter _metrics = new();
    private readonly ManualTimeProvider _time = new();
    private readonly StubInformer<V1ConfigMap> _informer = new();
    private readonly ScriptedController _scripted = new();
    private readonly LogCounter _log = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly Controller<V1ConfigMap> _controller;
    private Task _running = Task.CompletedTask;

    public ControllerTests()
    {
        _queue = new WorkQueue<ObjectKey>(_name, _time);
        var options = new ControllerHostOptions { MaxConcurrentReconciles = 2 };
        _controller = new Controller<V1ConfigMap>(_name, _scripted, _informer, _queue, options, _time, _log);
    }

    public Task InitializeAsync()
    {
        _running = _controller.RunAsync(_stop.Token);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(Patience);
        _metrics.Dispose();
        _stop.Dispose();
    }

    [Fact]
    public async Task Success_Always_IsNotRepeated()
    {
        await ReconcileAsync();

        await SettleAsync("success");

        Assert.Equal(0, _scripted.Waiting);
        Assert.Contains("namespace ns name a uid 1 reconcile 1", _log.Scopes);
    }

    [Fact]
    public async Task RequeueAfter_WhenTheTimeHasCome_IsRepeated()
    {
        _scripted.Answer = (e, _) => Task.FromResult(Result.Success(e, TimeSpan.FromSeconds(7)));
        await ReconcileAsync();
        await SettleAsync("requeue_after");

        _time.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(0, _scripted.Waiting);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
    }

    [Fact]
    public async Task Failure_Always_IsLoggedAndRepeatedWithBackOff()
    {
        _scripted.Answer = (e, _) => Task.FromResult(Result.Failure(e, "no pool"));
        await ReconcileAsync();

        foreach (var milliseconds in new[] { 5, 10, 20 })
        {
            await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(milliseconds));
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds - 1));
            Assert.Equal(0, _scripted.Waiting);
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
        }

        await SettleAsync("error", 4);
        Assert.Equal(4, _log.Count(LogLevel.Error));
        Assert.Contains($$"""controller_runtime_reconcile_errors_total{controller="{{_name}}"} 4""", _metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_WithATime_IsRepeatedThen()
    {
        _scripted.Answer = (e, _) => Task.FromResult(Result.Failure(e, "later", requeueAfter: TimeSpan.FromMinutes(1)));
        await ReconcileAsync();
        await SettleAsync("error");

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(0, _scripted.Waiting);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
    }

    [Fact]
    public async Task Exception_Always_CountsAsFailureAndStopsNothing()
    {
        _scripted.Answer = (_, _) => throw new InvalidOperationException("on purpose");
        await ReconcileAsync();
        await SettleAsync("error");
        _scripted.Answer = (e, _) => Task.FromResult(Result.Success(e));

        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(5));
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
        Assert.Equal(1, _log.Count(LogLevel.Error));
        Assert.Contains($$"""controller_runtime_reconcile_panics_total{controller="{{_name}}"} 1""" + "\n", _metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conflict_Always_IsRepeatedQuietly()
    {
        _scripted.Answer = (_, _) => throw new KubernetesException(new V1Status { Code = 409, Reason = "Conflict" });
        await ReconcileAsync();
        await SettleAsync("requeue");

        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(5));
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
        Assert.Equal(0, _log.Count(LogLevel.Error) + _log.Count(LogLevel.Warning));
        Assert.Contains($$"""controller_runtime_reconcile_panics_total{controller="{{_name}}"} 0""" + "\n", _metrics.Write(), StringComparison.Ordinal);
        Assert.Contains($$"""controller_runtime_max_concurrent_reconciles{controller="{{_name}}"} """, _metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Change_WhileItIsReconciled_IsReconciledAfterwards()
    {
        var answer = new TaskCompletionSource<Result>();
        _scripted.Answer = (_, _) => answer.Task;
        await ReconcileAsync();

        _informer.Put(A);
        _informer.Put(A);
        Assert.Equal(0, _scripted.Waiting);
        answer.SetResult(Result.Success(A));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
        await SettleAsync("success", 2);
        Assert.Equal(0, _scripted.Waiting);
    }

    [Fact]
    public async Task Deleted_ThenMadeAnew_BothAreTold()
    {
        var answer = new TaskCompletionSource<Result>();
        _scripted.Answer = (_, _) => answer.Task;
        await ReconcileAsync();
        _informer.Remove(A);
        _informer.Put(A with { Metadata = A.Metadata with { Uid = "2" } });
        answer.SetResult(Result.Success(A));

        Assert.Equal(("deleted 1", "reconcile 2"), (await _scripted.NextCallAsync(), await _scripted.NextCallAsync()));
    }

    [Fact]
    public async Task Deleted_Failing_IsRepeated()
    {
        _scripted.Answer = (e, _) => Task.FromResult(Result.Failure(e, "still there"));
        _informer.Remove(A);
        Assert.Equal("deleted 1", await _scripted.NextCallAsync());

        await _time.WaitForTimerAsync(TimeSpan.FromMilliseconds(5));
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal("deleted 1", await _scripted.NextCallAsync());
    }

    [Fact]
    public async Task Resync_EveryPeriod_ReconcilesAll()
    {
        await ReconcileAsync();

        _time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
    }

    [Fact]
    public async Task Cancelled_DuringAReconcile_EndsItAndReturns()
    {
        _scripted.Answer = async (e, cancel) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            return Result.Success(e);
        };
        await ReconcileAsync();

        await _stop.CancelAsync();

        await _running.WaitAsync(Patience);
        Assert.Equal(0, _log.Count(LogLevel.Error));
    }

    private async Task ReconcileAsync()
    {
        _informer.Put(A);
        Assert.Equal("reconcile 1", await _scripted.NextCallAsync());
    }

    /// <summary>Waits until so many calls have had this result and their keys are back in the queue.</summary>
    private async Task SettleAsync(string result, int count = 1)
    {
        string[] expected =
        [
            $$"""controller_runtime_reconcile_total{controller="{{_name}}",result="{{result}}"} {{count}}""" + "\n",
            $$"""workqueue_work_duration_seconds_count{name="{{_name}}",controller="{{_name}}"} {{count}}""" + "\n",
        ];
        var settled = Task.Run(async () =>
        {
            while (!Array.TrueForAll(expected, line => _metrics.Write().Contains(line, StringComparison.Ordinal)))
                await Task.Yield();
        });
        await settled.WaitAsync(Patience);
    }
}
