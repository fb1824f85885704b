using Hearth.Operator.Workers;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Operator.Tests.Workers;

public sealed class BackgroundWorkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly BackgroundWork _work;

    public BackgroundWorkTests() => _work = new(_time, NullLogger.Instance);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _work.DisposeAsync();

    [Fact]
    public async Task Start_KeyIsBusy_DoesNotStartAgain()
    {
        var (gate, runs) = (new TaskCompletionSource(), 0);

        _work.Start("a", RunAsync, () => { });
        _work.Start("a", RunAsync, () => { });
        Assert.True(_work.IsBusy("a"));
        gate.SetResult();
        await _work.WhenIdleAsync().WaitAsync(Patience);

        Assert.Equal(1, runs);
        Assert.False(_work.IsBusy("a"));

        async Task<bool> RunAsync(CancellationToken cancel)
        {
            runs++;
            await gate.Task;
            return true;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WorkIsNotDone_IsTriedAgainLaterAndLater(bool throws)
    {
        var runs = 0;
        foreach (var seconds in new[] { 1, 2, 4, 8 })
        {
            var retried = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            _work.Start("a", Fail, () => retried.SetResult(_work.IsBusy("a")));
            await _time.WaitForTimerAsync(TimeSpan.FromSeconds(seconds));

            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromTicks(1));
            _work.Start("a", Fail, () => { });
            Assert.True(_work.IsBusy("a"));
            _time.Advance(TimeSpan.FromTicks(1));

            Assert.False(await retried.Task.WaitAsync(Patience));
        }

        Assert.Equal(4, runs);

        Task<bool> Fail(CancellationToken cancel)
        {
            runs++;
            return throws ? throw new InvalidOperationException("broken") : Task.FromResult(false);
        }
    }

    [Fact]
    public async Task Start_OtherKey_DoesNotWaitForTheFailedOne()
    {
        _work.Start("a", _ => Task.FromResult(false), () => { });
        var ran = new TaskCompletionSource();

        _work.Start("b", RunAsync, () => { });

        await ran.Task.WaitAsync(Patience);

        Task<bool> RunAsync(CancellationToken cancel)
        {
            ran.SetResult();
            return Task.FromResult(true);
        }
    }

    [Fact]
    public async Task DisposeAsync_WorkRuns_CancelsItAndWaits()
    {
        var work = new BackgroundWork(_time, NullLogger.Instance);
        var (wasCancelled, isRetried) = (false, false);
        work.Start("a", RunAsync, () => isRetried = true);

        await work.DisposeAsync().AsTask().WaitAsync(Patience);
        work.Start("b", _ => throw new InvalidOperationException("must not start"), () => isRetried = true);

        Assert.True(wasCancelled);
        Assert.False(isRetried);

        async Task<bool> RunAsync(CancellationToken cancel)
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = cancel.Register(cancelled.SetResult);
            await cancelled.Task;
            wasCancelled = true;
            return false;
        }
    }
}
