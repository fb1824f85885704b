using Hearth.Api.Workers;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Functions;
using Hearth.Gateway.Invocation;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Functions;

/// <summary>Who may wait for a function that cannot serve all at once.</summary>
public sealed class OverloadTests : IDisposable
{
    private readonly StateHarness _gateway = new();

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Acquire_DeadlineBeforeItsTurn_IsRefusedAtOnceAndToldWhenToComeBack()
    {
        var function = _gateway.MakeServing("fn");
        await _gateway.MeasureAsync(function, TimeSpan.FromSeconds(2));
        await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);
        var patient = _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(30));

        // One runs, one waits: this one's turn comes in 4 s and its run takes 2.
        var hurried = await _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(5)).WaitAsync(StateHarness.Patience);
        var justInTime = _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(6));

        Assert.Equal(Outcome.DeadlineUnreachable, hurried.Refusal!.Outcome);
        Assert.Equal(1, hurried.Refusal.RetryAfter.TotalSeconds, 3);
        Assert.Equal(
            "1 requests go first on 1 workers, which is expected to take 4 s, longer than is left of the timeout of 5 s", hurried.Refusal.Detail);
        Assert.False(patient.IsCompleted || justInTime.IsCompleted);
    }

    [Fact]
    public async Task Release_CallerLeftEarly_SaysNothingAboutTheServiceTime()
    {
        var function = _gateway.MakeServing("fn");
        await _gateway.MeasureAsync(function, TimeSpan.FromSeconds(2));
        var left = await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);
        function.Release(left.Worker!, new(ForwardStatus.Cancelled), TimeSpan.FromMilliseconds(10));
        await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);

        var hurried = await _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(3)).WaitAsync(StateHarness.Patience);

        Assert.Equal(1, hurried.Refusal!.RetryAfter.TotalSeconds, 3);
    }

    [Fact]
    public async Task Acquire_SlotIsFree_IsServedWhateverWasMeasured()
    {
        var function = _gateway.MakeServing("fn");
        await _gateway.MeasureAsync(function, TimeSpan.FromSeconds(20));

        var hurried = await _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(1)).WaitAsync(StateHarness.Patience);

        Assert.NotNull(hurried.Worker);
    }

    [Fact]
    public async Task Acquire_NothingMeasured_Waits()
    {
        var function = _gateway.MakeServing("fn");
        await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);

        var unknown = _gateway.AskAsync(function, timeout: TimeSpan.FromMilliseconds(1));

        Assert.False(unknown.IsCompleted);
    }

    [Fact]
    public async Task Acquire_ColdStartTakesLongerThanTheCallerWaits_IsRefusedButStartsAWorkerForTheNext()
    {
        var function = _gateway.Make(new MakeFunction().Scale(0, 1).Concurrency(1));
        var loaded = ServeColdStarts();
        var first = _gateway.AskAsync(function);
        await loaded.Started.WaitAsync(StateHarness.Patience);
        _gateway.Time.Advance(TimeSpan.FromSeconds(10));
        loaded.Finish();
        var served = await first.WaitAsync(StateHarness.Patience);
        Assert.Null(served.Refusal);
        function.Release(served.Worker!, new(ForwardStatus.Answered), TimeSpan.FromSeconds(1));
        function.OnPodGone(served.Worker!.Name);
        loaded = ServeColdStarts();

        var hurried = await _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(3)).WaitAsync(StateHarness.Patience);

        Assert.Equal(Outcome.DeadlineUnreachable, hurried.Refusal!.Outcome);
        // 10 s to start, 1 s to run, 3 s of patience.
        Assert.Equal(8, hurried.Refusal.RetryAfter.TotalSeconds, 3);
        await loaded.Started.WaitAsync(StateHarness.Patience);
        _gateway.Time.Advance(TimeSpan.FromSeconds(8));
        var again = _gateway.AskAsync(function, timeout: TimeSpan.FromSeconds(3));
        Assert.False(again.IsCompleted);
        loaded.Finish();
        Assert.NotNull((await again.WaitAsync(StateHarness.Patience)).Worker);
    }

    [Fact]
    public async Task Acquire_LineIsFull_TheLowestPriorityGivesWay()
    {
        var function = _gateway.MakeServing("fn", maxQueued: 3);
        await _gateway.MeasureAsync(function, TimeSpan.FromSeconds(2));
        await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);
        var low = _gateway.AskAsync(function, Priority.Low);
        var normal = _gateway.AskAsync(function);
        var high = _gateway.AskAsync(function, Priority.High);

        var refused = await _gateway.AskAsync(function, Priority.Low).WaitAsync(StateHarness.Patience);
        var higher = _gateway.AskAsync(function, Priority.High);
        var displaced = await low.WaitAsync(StateHarness.Patience);

        Assert.Equal((Outcome.QueueFull, Outcome.QueueFull), (refused.Refusal!.Outcome, displaced.Refusal!.Outcome));
        Assert.True(refused.Refusal.RetryAfter > TimeSpan.Zero && displaced.Refusal.RetryAfter > TimeSpan.Zero);
        Assert.False(normal.IsCompleted || high.IsCompleted || higher.IsCompleted);
    }

    [Fact]
    public async Task Acquire_UnderPressure_LowIsRefusedBeforeHigh()
    {
        var function = _gateway.MakeServing("fn");
        await _gateway.MeasureAsync(function, TimeSpan.FromSeconds(1));
        await _gateway.AskAsync(function).WaitAsync(StateHarness.Patience);
        for (var i = 0; i < 10; i++)
            _ = _gateway.AskAsync(function);

        var low = _gateway.AskAsync(function, Priority.Low, TimeSpan.FromSeconds(5));
        var high = _gateway.AskAsync(function, Priority.High, TimeSpan.FromSeconds(5));

        Assert.Equal(Outcome.DeadlineUnreachable, (await low.WaitAsync(StateHarness.Patience)).Refusal!.Outcome);
        Assert.False(high.IsCompleted);
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Acquire_LastingOverload_WhoGetsInIsInTimeAndNoCapacityIsLost(double load)
    {
        const int Slots = 4;
        var (service, deadline) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
        var function = _gateway.MakeServing("fn", concurrency: Slots);
        await _gateway.MeasureAsync(function, service);
        var between = service / (Slots * load);
        var (running, waiting) = (new Queue<(Admission Slot, DateTimeOffset Ends)>(), new Queue<(Task<Admission> Slot, DateTimeOffset Until)>());
        var (inTime, late, refused) = (0, 0, 0);
        var start = _gateway.Time.GetUtcNow();
        for (var next = start; next < start + (60 * service); next += between)
        {
            while (running.TryPeek(out var first) && first.Ends <= next)
            {
                running.Dequeue();
                _gateway.Time.Advance(first.Ends - _gateway.Time.GetUtcNow());
                function.Release(first.Slot.Worker!, new(ForwardStatus.Answered), service);
                if (waiting.TryDequeue(out var then))
                    await BeginAsync(then.Slot, then.Until);
            }
            _gateway.Time.Advance(next - _gateway.Time.GetUtcNow());
            var (asked, until) = (_gateway.AskAsync(function, timeout: deadline), next + deadline);
            if (running.Count == Slots && !asked.IsCompleted)
                waiting.Enqueue((asked, until));
            else
                await BeginAsync(asked, until);
        }

        Assert.Equal(0, late);
        Assert.True(refused > 0 && inTime >= 0.97 * 60 * Slots, $"{inTime} of {60 * Slots} in time, {refused} refused");

        async Task BeginAsync(Task<Admission> asked, DateTimeOffset until)
        {
            var slot = await asked.WaitAsync(StateHarness.Patience);
            if (slot.Refusal is { } refusal)
            {
                Assert.True(refusal is { Outcome: Outcome.DeadlineUnreachable, RetryAfter.Ticks: > 0 });
                refused++;
                return;
            }
            var ends = _gateway.Time.GetUtcNow() + service;
            running.Enqueue((slot, ends));
            _ = ends <= until ? inTime++ : late++;
        }
    }

    /// <summary>Pods are there at once, and ready when the test says so.</summary>
    private ColdStartSwitch ServeColdStarts()
    {
        var cold = new ColdStartSwitch();
        _gateway.ServeCreated(cold.LoadAsync);
        return cold;
    }

    private sealed class ColdStartSwitch
    {
        private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _finish = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Started => _started.Task;

        public void Finish() => _finish.SetResult();

        public async Task<AssignmentProgress> LoadAsync()
        {
            _started.SetResult();
            await _finish.Task;
            return new() { State = AssignmentState.Ready, DeployCodeMs = 0, DeployDependencyMs = 0 };
        }
    }
}
