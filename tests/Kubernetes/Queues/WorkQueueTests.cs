using System.Threading.Channels;
using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Queues;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.Queues;

public sealed class WorkQueueTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly WorkQueue<int> _queue;

    public WorkQueueTests() => _queue = new WorkQueue<int>("test", _time);

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task Add_TwiceBeforeItIsTaken_ComesOnce()
    {
        _queue.Add(1);
        _queue.Add(2);
        _queue.Add(1);

        Assert.Equal((1, 2), (await GetAsync(), await GetAsync()));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public async Task Metrics_WhileItemsAreUnderWay_TellForHowLong()
    {
        using var metrics = new PrometheusTextExporter();
        using var queue = new WorkQueue<int>("under-way", _time);
        queue.AddRoutine(1);
        queue.AddRoutine(2);
        queue.Add(2);
        const string Labels = """{name="under-way",controller="under-way"}""";
        Assert.Contains("""workqueue_depth{name="under-way",controller="under-way",priority="0"} 1""" + "\n", metrics.Write(), StringComparison.Ordinal);
        Assert.Contains("""workqueue_depth{name="under-way",controller="under-way",priority="-100"} 1""" + "\n", metrics.Write(), StringComparison.Ordinal);

        await queue.GetAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(2));
        await queue.GetAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Contains($"workqueue_unfinished_work_seconds{Labels} 4\n", metrics.Write(), StringComparison.Ordinal);
        Assert.Contains($"workqueue_longest_running_processor_seconds{Labels} 3\n", metrics.Write(), StringComparison.Ordinal);
        queue.Done(1);
        queue.Done(2);
        Assert.Contains($"workqueue_unfinished_work_seconds{Labels} 0\n", metrics.Write(), StringComparison.Ordinal);
        Assert.Contains("""workqueue_depth{name="under-way",controller="under-way",priority="-100"} 0""" + "\n", metrics.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AddRoutine_Always_WaitsBehindWhatIsNew()
    {
        _queue.AddRoutine(1);
        _queue.AddRoutine(2);
        _queue.Add(3);

        Assert.Equal((3, 1, 2), (await GetAsync(), await GetAsync(), await GetAsync()));
    }

    [Fact]
    public async Task Add_OfWhatWaitsAsRoutine_MovesItUp()
    {
        _queue.AddRoutine(1);
        _queue.AddRoutine(2);
        _queue.Add(2);
        _queue.AddRoutine(2);

        Assert.Equal((2, 1), (await GetAsync(), await GetAsync()));
        Assert.Equal(0, _queue.Count);

        // The place that it left is nobody's.
        _queue.Done(1);
        _queue.Done(2);
        _queue.AddRoutine(1);
        Assert.Equal(1, await GetAsync());
    }

    [Fact]
    public async Task Add_WhileAWorkerHasIt_ComesBackOnlyWhenTheWorkerIsDone()
    {
        _queue.Add(1);
        await GetAsync();

        _queue.Add(1);
        _queue.Add(1);
        Assert.Equal(0, _queue.Count);

        _queue.Done(1);
        Assert.Equal(1, _queue.Count);
        Assert.Equal(1, await GetAsync());
    }

    [Fact]
    public async Task Add_ManyAddersAndWorkers_NoItemIsInTwoHandsAndNoneIsLost()
    {
        const int Items = 20;
        const int Adds = 2000;
        var held = new int[Items];
        var lastSeen = new int[Items];
        var latest = new int[Items];
        using var stop = new CancellationTokenSource();
        async Task WorkAsync()
        {
            while (true)
            {
                var item = await _queue.GetAsync(stop.Token);
                Assert.Equal(1, Interlocked.Increment(ref held[item]));
                Volatile.Write(ref lastSeen[item], Volatile.Read(ref latest[item]));
                await Task.Yield();
                Interlocked.Decrement(ref held[item]);
                _queue.Done(item);
            }
        }

        var workers = Enumerable.Range(0, 4).Select(_ => Task.Run(WorkAsync)).ToArray();
        for (var i = 1; i <= Adds; i++)
        {
            Volatile.Write(ref latest[i % Items], i);
            _queue.Add(i % Items);
        }

        var settled = Task.Run(async () =>
        {
            while (!lastSeen.AsSpan().SequenceEqual(latest))
                await Task.Yield();
        });
        await settled.WaitAsync(TimeSpan.FromSeconds(30));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(workers));
    }

    [Fact]
    public async Task AddAfter_UntilItIsDue_DoesNotCome()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(1, await GetAsync());
    }

    [Fact]
    public async Task AddAfter_SeveralTimes_TheEarliestCountsOnce()
    {
        _queue.AddAfter(1, TimeSpan.FromSeconds(9));
        _queue.AddAfter(1, TimeSpan.FromSeconds(2));
        _queue.AddAfter(2, TimeSpan.FromSeconds(1));
        _queue.AddAfter(1, TimeSpan.FromSeconds(5));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await GetAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await GetAsync());
        _queue.Done(1);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void AddAfter_LongerThanATimerCounts_ComesInTime()
    {
        _queue.AddAfter(1, TimeSpan.FromDays(60));

        _time.Advance(TimeSpan.FromDays(60) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, _queue.Count);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task AddRateLimited_RepeatedFailures_DoublesTheDelayUpToItsLimit()
    {
        foreach (var seconds in Enumerable.Range(0, 20).Select(n => Math.Min(0.005 * Math.Pow(2, n), 1000)))
        {
            _queue.AddRateLimited(1);
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            Assert.Equal(0, _queue.Count);
            _time.Advance(TimeSpan.FromTicks(1) + TimeSpan.FromMilliseconds(1));
            Assert.Equal(1, await GetAsync());
            _queue.Done(1);
        }
    }

    [Fact]
    public async Task Forget_AfterFailures_StartsTheBackOffAnew()
    {
        for (var i = 0; i < 10; i++)
            _queue.AddRateLimited(1);
        _time.Advance(TimeSpan.FromSeconds(30));
        await GetAsync();
        _queue.Forget(1);
        _queue.Done(1);

        _queue.AddRateLimited(1);
        _time.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void AddRateLimited_ManyItems_AreLetThroughAtTheOverallRate()
    {
        using var queue = new WorkQueue<int>("rate", _time, new WorkQueueOptions { RetriesPerSecond = 10, RetryBurst = 5 });

        for (var i = 0; i < 25; i++)
            queue.AddRateLimited(i);

        _time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal(5, queue.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(15, queue.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(25, queue.Count);
    }

    [Fact]
    public async Task Dispose_ItemsWaiting_TheyMayStillBeTakenButNoneAdded()
    {
        _queue.Add(1);
        _queue.Dispose();
        _queue.Add(2);

        Assert.Equal(1, await GetAsync());
        await Assert.ThrowsAnyAsync<ChannelClosedException>(GetAsync);
    }

    private async Task<int> GetAsync() => await _queue.GetAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));
}
