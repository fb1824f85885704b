using System.Diagnostics.Metrics;
using System.Net;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
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

public sealed class FunctionStateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task AcquireAsync_AdoptedWorkerCannotBeAssigned_IsNotAdoptedAgainAndAgain()
    {
        var time = new ManualTimeProvider();
        var control = Substitute.For<IWorkerControl>();
        control.AssignAsync(null!, null!, null, default)
            .ReturnsForAnyArgs<AssignmentProgress>(_ => throw new KubernetesException(new() { Code = (int)HttpStatusCode.InternalServerError, Message = "no Secret" }));
        var pods = new FakeInformer<V1Pod>();
        var activator = new WorkerActivator(Substitute.For<IKubernetesClient>(), control, "gateway-1", new WorkerPodOptions(), time, new Random(1));
        using var idle = new IdleWorkers(pods, new Random(2));
        using var connector = new WorkerConnector(TimeProvider.System);
        using var metrics = new GatewayMetrics(nameof(FunctionStateTests));
        var runner = new ActivationRunner(
            activator, idle, pods, new FakeInformer<WorkerPool>(), connector, time, NullLogger<ActivationRunner>.Instance);
        using var failures = new ActivationFailures();
        using var state = new FunctionState(new MakeFunction().Scale(0, 2).Concurrency(1).Build(), runner, metrics, 10, time, new Random(3));
        state.OnPod(Pod("serving", WorkerState.Assigned));
        state.OnPod(Pod("claimed", WorkerState.Claimed));
        var first = await state.AcquireAsync(time.GetTimestamp(), default);

        var second = state.AcquireAsync(time.GetTimestamp(), default).AsTask();
        await failures.FirstAsync().WaitAsync(Patience);

        Assert.Equal("all 1 workers were busy", state.DescribeWait());
        state.Release(first.Worker!, new(ForwardStatus.Answered), TimeSpan.Zero);
        Assert.Equal("serving", (await second.WaitAsync(Patience)).Worker!.Name);
    }

    private static V1Pod Pod(string name, string state) =>
        new MakeWorker(name).Ready().Claimed("fn", DateTimeOffset.UnixEpoch, assignment: $"id-of-{name}").State(state).Build();

    /// <summary>Tells of failed activations, as the metric counts them.</summary>
    private sealed class ActivationFailures : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ActivationFailures()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == nameof(FunctionStateTests) && instrument.Name == "hearth_gateway_activation_failures_total")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, _, _, _) => _first.TrySetResult());
            _listener.Start();
        }

        public Task FirstAsync() => _first.Task;

        public void Dispose() => _listener.Dispose();
    }
}
