using Hearth.Api.Core;
using Hearth.Api.Workers;
using Hearth.Operator.WorkerPools;
using Hearth.Testing;

namespace Hearth.Operator.Tests.WorkerPools;

public sealed class ColdStartTallyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Count_NewPool_CountsEachColdStartOnce()
    {
        var tally = new ColdStartTally(null);

        Assert.Equal((1, 1), tally.Count([Served("a", ColdStartPath.Pool), Served("b", ColdStartPath.Create)]));
        Assert.Equal((0, 0), tally.Count([Served("a", ColdStartPath.Pool), Served("b", ColdStartPath.Create)]));
        Assert.Equal((1, 0), tally.Count([Served("c", ColdStartPath.Pool)]));
        Assert.Equal((2, 1), (tally.Hits, tally.Misses));
    }

    [Fact]
    public void Count_AfterARestart_GoesOnFromTheStatusAndTakesWhatIsThereAsCounted()
    {
        var tally = new ColdStartTally(new() { Hits = 10, Misses = 3 });

        tally.Count([Served("a", ColdStartPath.Pool)]);
        tally.Count([Served("a", ColdStartPath.Pool), Served("b", ColdStartPath.Create)]);

        Assert.Equal((10, 4), (tally.Hits, tally.Misses));
    }

    private static V1Pod Served(string name, ColdStartPath path) =>
        new MakeWorker(name).Assigned("f", Now, new() { Path = path, Total = TimeSpan.FromSeconds(1), Time = Now }).Build();
}
