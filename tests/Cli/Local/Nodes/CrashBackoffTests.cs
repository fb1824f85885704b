using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class CrashBackoffTests
{
    [Fact]
    public void Next_AfterCrashes_IsAtOnceThenDoublesToFiveMinutes()
    {
        var backoff = new CrashBackoff();

        var waits = Enumerable.Range(0, 8).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalSeconds);

        Assert.Equal([0, 10, 20, 40, 80, 160, 300, 300], waits);
    }

    [Fact]
    public void Next_AfterALongRun_StartsOver()
    {
        var backoff = new CrashBackoff();
        backoff.Next(TimeSpan.Zero);
        backoff.Next(TimeSpan.Zero);

        Assert.Equal(TimeSpan.Zero, backoff.Next(TimeSpan.FromMinutes(10)));
    }
}
