using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Operations;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using NSubstitute;

namespace Hearth.Gateway.Tests.Functions;

/// <summary>Functions of one gateway without its servers: what they do with requests, on a clock that stands still.</summary>
internal sealed class StateHarness : IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FakeInformer<V1Pod> _pods = new();
    private readonly FakeInformer<WorkerPool> _pools = new();
    private readonly IdleWorkers _idle;
    private readonly WorkerConnector _connector = new(TimeProvider.System);
    private readonly GatewayMetrics _metrics;
    private readonly ActivationRunner _runner;
    private readonly List<FunctionState> _states = [];
    private Func<Task<AssignmentProgress>>? _load;

    public StateHarness(long capacity = long.MaxValue, string meter = nameof(StateHarness))
    {
        _metrics = new(meter);
        Room = new(capacity);
        _idle = new(_pods, new(_pods, null, new Random(2)));
        var activator = new WorkerActivator(Api, Control, "gateway-1", new WorkerPodOptions(), Time, new Random(1));
        _runner = new(activator, _idle, new(), _pods, _pools, _connector, Time, NullLogger<ActivationRunner>.Instance);
        var pool = new MakePool().Stored().Build();
        _pools.Set(pool);
    }

    public ManualTimeProvider Time { get; } = new();

    public IWorkerControl Control { get; } = Substitute.For<IWorkerControl>();

    public IKubernetesClient Api { get; } = Substitute.For<IKubernetesClient>();

    public WaitingRoom Room { get; }

    /// <summary>A function of at most one worker, which takes one request at a time; it serves already.</summary>
    public FunctionState MakeServing(string name, int maxQueued = 1000, int concurrency = 1)
    {
        var state = Make(new MakeFunction(name).Scale(0, 1).Concurrency(concurrency), maxQueued);
        state.OnPod(Pod($"worker-of-{name}", name, WorkerState.Assigned));
        return state;
    }

    public FunctionState Make(MakeFunction function, int maxQueued = 1000)
    {
        var state = new FunctionState(function.Stored().Build(), _runner, _metrics, maxQueued, Room, Time, new Random(3));
        _states.Add(state);
        return state;
    }

    /// <summary>A request that has so long, from now.</summary>
    public Task<Admission> AskAsync(FunctionState state, Priority priority = Priority.Normal, TimeSpan? timeout = null, long bytes = CallTerms.HeadBytes) =>
        state.AcquireAsync(new(Time.GetTimestamp(), timeout ?? TimeSpan.FromHours(1), priority, bytes), default).AsTask();

    /// <summary>Gets a slot that must be free, holds it so long and gives it back: the function then knows how long its requests take.</summary>
    public async Task MeasureAsync(FunctionState state, TimeSpan service)
    {
        var held = await AskAsync(state).WaitAsync(Patience);
        Time.Advance(service);
        state.Release(held.Worker!, new(ForwardStatus.Answered), service);
    }

    /// <summary>Pods that the gateway creates are Ready at once, and loaded when <paramref name="load"/> says so.</summary>
    public void ServeCreated(Func<Task<AssignmentProgress>> load)
    {
        if (_load is null)
        {
            Api.CreateAsync<V1Pod>(null!, default).ReturnsForAnyArgs(call => call.Arg<V1Pod>() with { Status = FakeWorker.ReadyStatus() });
            Control.AssignAsync(null!, null!, null, default).ReturnsForAnyArgs(_ => _load!());
        }
        _load = load;
    }

    public static V1Pod Pod(string name, string function, string state) =>
        new MakeWorker(name).Ready().Claimed(function, DateTimeOffset.UnixEpoch, assignment: $"id-of-{name}").State(state).Build();

    public void Dispose()
    {
        foreach (var state in _states)
            state.Dispose();
        _idle.Dispose();
        _connector.Dispose();
        _metrics.Dispose();
    }
}
