using Hearth.Gateway.Activations;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Tests.Activations;

public sealed class ClaimTurnsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ObjectKey Pool = new("ns", "pool");

    private readonly ClaimTurns _turns = new();

    [Fact]
    public async Task TakeAsync_FunctionAlone_WaitsForNobody()
    {
        var claims = Enumerable.Range(0, 10).Select(has => TakeAsync("a", has)).ToArray();

        await Task.WhenAll(claims).WaitAsync(Patience);
    }

    [Fact]
    public async Task TakeAsync_OtherHasFewer_WaitsForIt()
    {
        var poor = await TakeAsync("poor", 0).WaitAsync(Patience);
        var equal = await TakeAsync("equal", 0).WaitAsync(Patience);
        var rich = TakeAsync("rich", 1);

        poor.Dispose();
        Assert.False(rich.IsCompleted);
        equal.Dispose();

        await rich.WaitAsync(Patience);
    }

    [Fact]
    public async Task TakeAsync_AnotherPool_WaitsForNobody()
    {
        await TakeAsync("poor", 0).WaitAsync(Patience);

        await _turns.TakeAsync(new("ns", "other"), new("ns", "rich"), 5, default).WaitAsync(Patience);
    }

    [Fact]
    public async Task TakeAsync_GivenUp_NobodyWaitsForItAnyMore()
    {
        var first = await TakeAsync("first", 0).WaitAsync(Patience);
        using var cancel = new CancellationTokenSource();
        var waiting = _turns.TakeAsync(Pool, new("ns", "second"), 1, cancel.Token);
        var last = TakeAsync("last", 2);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(last.IsCompleted);
        first.Dispose();

        await last.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task TakeAsync_FewerWorkersThanWanted_SharesAreMaxMinFair(int seed)
    {
        var random = new Random(seed);
        var idle = random.Next(10, 30);
        var wanted = Enumerable.Range(0, 12).Select(i => (Function: $"f{i}", Workers: random.Next(1, 9))).ToArray();
        var got = wanted.ToDictionary(w => w.Function, _ => 0);
        // One holds the turn until all have asked.
        var start = await TakeAsync("start", -1).WaitAsync(Patience);
        var claims = wanted.SelectMany(w => Enumerable.Range(0, w.Workers).Select(has => (w.Function, Has: has))).ToArray();
        random.Shuffle(claims);
        var running = claims.Select(claim => ClaimAsync(claim.Function, claim.Has)).ToArray();

        start.Dispose();
        await Task.WhenAll(running).WaitAsync(Patience);

        // Whoever got less than it wanted got as much as anybody else, but for one.
        foreach (var (function, workers) in wanted)
            Assert.True(got[function] == workers || got.Values.All(other => other <= got[function] + 1), string.Join(", ", got));

        async Task ClaimAsync(string function, int has)
        {
            using var turn = await TakeAsync(function, has);
            await Task.Yield();
            lock (got)
            {
                if (idle == 0)
                    return;
                idle--;
                got[function]++;
            }
        }
    }

    private Task<IDisposable> TakeAsync(string function, int has) => _turns.TakeAsync(Pool, new("ns", function), has, default);
}
