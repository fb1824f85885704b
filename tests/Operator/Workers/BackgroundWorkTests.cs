using Hearth.Operator.Workers;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Operator.Tests.Workers;

public sealed class BackgroundWorkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Start_KeyIsBusy_DoesNotStartAgain()
    {
        await using var work = new BackgroundWork(NullLogger.Instance);
        var (gate, runs) = (new TaskCompletionSource(), 0);

        work.Start("a", Run, () => { });
        work.Start("a", Run, () => { });
        Assert.True(work.IsBusy("a"));
        gate.SetResult();
        await work.WhenIdleAsync().WaitAsync(Patience);

        Assert.Equal(1, runs);
        Assert.False(work.IsBusy("a"));

        Task Run(CancellationToken cancel)
        {
            runs++;
            return gate.Task;
        }
    }

    [Fact]
    public async Task Start_WorkFails_TellsItsEndAndFreesTheKey()
    {
        await using var work = new BackgroundWork(NullLogger.Instance);
        var ended = new TaskCompletionSource<bool>();

        work.Start("a", _ => throw new InvalidOperationException("broken"), () => ended.SetResult(work.IsBusy("a")));

        Assert.False(await ended.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task DisposeAsync_WorkRuns_CancelsItAndWaits()
    {
        var work = new BackgroundWork(NullLogger.Instance);
        var (wasCancelled, isDone) = (false, false);
        work.Start("a", RunAsync, () => isDone = true);

        await work.DisposeAsync().AsTask().WaitAsync(Patience);
        work.Start("b", _ => throw new InvalidOperationException("must not start"), () => isDone = true);

        Assert.True(wasCancelled);
        Assert.False(isDone);

        async Task RunAsync(CancellationToken cancel)
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = cancel.Register(cancelled.SetResult);
            await cancelled.Task;
            wasCancelled = true;
        }
    }
}
