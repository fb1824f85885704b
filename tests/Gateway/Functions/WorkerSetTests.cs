using Hearth.Api.Workers;
using Hearth.Gateway.Functions;
using Hearth.Testing;

namespace Hearth.Gateway.Tests.Functions;

public sealed class WorkerSetTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly WorkerSet _workers;

    private long Now => _time.GetTimestamp();

    public WorkerSetTests() => _workers = new(_time, new Random(1));

    [Fact]
    public void TryTake_NoWorkers_IsNull() => Assert.Null(_workers.TryTake(0, Now));

    [Fact]
    public void TryTake_ManyWorkers_KeepsThemLevel()
    {
        for (var i = 0; i < 10; i++)
            Add($"w{i}");

        for (var i = 0; i < 1000; i++)
            _workers.TryTake(0, Now);

        // Two choices keep the largest load within a few of the mean (ln ln n / ln 2 above it); one choice would be some 30 off.
        Assert.All(_workers.All, worker => Assert.InRange(worker.InFlight, 95, 105));
    }

    [Fact]
    public void TryTake_HardConcurrency_FillsEverySlotAndNoMore()
    {
        for (var i = 0; i < 5; i++)
            Add($"w{i}");

        for (var i = 0; i < 10; i++)
            Assert.NotNull(_workers.TryTake(2, Now));

        Assert.Null(_workers.TryTake(2, Now));
        Assert.All(_workers.All, worker => Assert.Equal(2, worker.InFlight));
        Assert.Equal(10, _workers.InFlight);
    }

    [Fact]
    public void TryTake_WorkerFailed_IsPassedOverForADoublingMoment()
    {
        var worker = Add("w");
        foreach (var milliseconds in new[] { 50, 100, 200, 400, 800, 1000, 1000 })
        {
            _workers.OnFailure(worker);
            Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), _workers.UntilRetry(Now));
            Assert.Null(_workers.TryTake(0, Now));
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            Assert.Same(worker, _workers.TryTake(0, Now));
        }
    }

    [Fact]
    public void OnFailure_ManyAttemptsFailAtOnce_CountsOnce()
    {
        var worker = Add("w");

        for (var i = 0; i < 100; i++)
            _workers.OnFailure(worker);

        Assert.Equal((1, TimeSpan.FromMilliseconds(50)), (worker.Failures, _workers.UntilRetry(Now)));
    }

    [Theory]
    [InlineData(RefusalReason.AtCapacity, true)]
    [InlineData(RefusalReason.NotReady, true)]
    [InlineData(RefusalReason.Draining, false)]
    [InlineData(RefusalReason.NotAssigned, false)]
    public void OnRefusal_EachReason_DecidesWhetherItIsAskedAgain(RefusalReason reason, bool askedAgain)
    {
        var worker = Add("w");

        _workers.OnRefusal(worker, reason);

        Assert.Null(_workers.TryTake(0, Now));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(askedAgain, _workers.TryTake(0, Now) is not null);
        Assert.Equal(reason == RefusalReason.NotAssigned, worker.IsAdoptable);
    }

    [Fact]
    public void OnRefusal_WorkerIsBeingReleased_IsNotAdopted()
    {
        var worker = Add("w");
        worker.Pod = new MakeWorker("w").Ready().State(WorkerState.Draining).Build();

        _workers.OnRefusal(worker, RefusalReason.NotAssigned);

        Assert.False(worker.IsAdoptable);
    }

    [Fact]
    public void TryTake_PodNotReady_IsNotAsked()
    {
        var worker = Add("w");

        worker.Pod = worker.Pod with { Status = new() { Phase = "Running", PodIP = "127.0.0.1" } };
        _workers.Refresh();

        Assert.Null(_workers.TryTake(0, Now));
    }

    private WorkerEndpoint Add(string name)
    {
        var pod = new MakeWorker(name).Ready().Assigned("fn", _time.GetUtcNow()).Build();
        var worker = new WorkerEndpoint(pod);
        _workers.Put(worker);
        return worker;
    }
}
