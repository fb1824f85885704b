using System.Collections.Concurrent;
using Hearth.Compute.Cpu;

namespace Hearth.Compute.Tests.Cpu;

public sealed class CpuThreadsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 0)]
    [InlineData(1, 100)]
    [InlineData(3, 9)]
    [InlineData(4, 10)]
    [InlineData(4, 11)]
    [InlineData(4, 1001)]
    public void ForBlocks_AnyLength_CoversItInWholeBlocks(int count, long length)
    {
        using var threads = new CpuThreads(count);
        var blocks = new ConcurrentBag<(long Start, int Length)>();

        threads.ForBlocks(length, 10, (start, blockLength) => blocks.Add((start, blockLength)));

        Assert.Equal(
            Enumerable.Range(0, (int)((length + 9) / 10)).Select(i => (i * 10L, (int)Math.Min(10, length - (i * 10)))),
            blocks.Order());
    }

    [Fact]
    public void ForBlocks_SeveralThreads_AllTakePart()
    {
        using var threads = new CpuThreads(3);
        using var met = new Barrier(3);

        threads.ForBlocks(3, 1, (_, _) => Assert.True(met.SignalAndWait(Patience)));

        Assert.Equal(1, met.CurrentPhaseNumber);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void ForBlocks_FailingBody_ThrowsAndTheThreadsGoOn(long failing)
    {
        using var threads = new CpuThreads(3);

        var failure = Assert.Throws<InvalidOperationException>(() => threads.ForBlocks(3, 1, (start, _) =>
        {
            if (start == failing)
                throw new InvalidOperationException("here");
        }));

        Assert.Equal("here", failure.Message);
        ForBlocks_Counts(threads);
    }

    [Fact]
    public void ForBlocks_WithinABody_RunsThere()
    {
        using var threads = new CpuThreads(3);
        var sum = 0;

        threads.ForBlocks(3, 1, (_, _) => threads.ForBlocks(5, 1, (_, _) => Interlocked.Increment(ref sum)));

        Assert.Equal(15, sum);
    }

    [Fact]
    public async Task ForBlocks_ManyCallers_AllGetTheirLoops()
    {
        using var threads = new CpuThreads(3);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++)
                ForBlocks_Counts(threads);
        }))).WaitAsync(Patience);
    }

    private static void ForBlocks_Counts(CpuThreads threads)
    {
        var sum = 0;
        threads.ForBlocks(100, 7, (_, length) => Interlocked.Add(ref sum, length));
        Assert.Equal(100, sum);
    }
}
