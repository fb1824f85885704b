using System.Diagnostics.Metrics;
using System.Net;
using Hearth.Api.Workers;
using Hearth.Gateway.Forwarding;
using Hearth.Kubernetes.Client;
using Hearth.Testing;
using NSubstitute;

namespace Hearth.Gateway.Tests.Functions;

public sealed class FunctionStateTests
{
    [Fact]
    public async Task AcquireAsync_AdoptedWorkerCannotBeAssigned_IsNotAdoptedAgainAndAgain()
    {
        using var gateway = new StateHarness(meter: nameof(FunctionStateTests));
        gateway.Control.AssignAsync(null!, null!, null, default)
            .ReturnsForAnyArgs<AssignmentProgress>(_ => throw new KubernetesException(new() { Code = (int)HttpStatusCode.InternalServerError, Message = "no Secret" }));
        using var failures = new ActivationFailures();
        var state = gateway.Make(new MakeFunction().Scale(0, 2).Concurrency(1));
        state.OnPod(StateHarness.Pod("serving", "fn", WorkerState.Assigned));
        state.OnPod(StateHarness.Pod("claimed", "fn", WorkerState.Claimed));
        var first = await gateway.AskAsync(state);

        var second = gateway.AskAsync(state);
        await failures.FirstAsync().WaitAsync(StateHarness.Patience);

        Assert.Equal("all 1 workers were busy", state.DescribeWait());
        state.Release(first.Worker!, new(ForwardStatus.Answered), TimeSpan.Zero);
        Assert.Equal("serving", (await second.WaitAsync(StateHarness.Patience)).Worker!.Name);
    }

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
