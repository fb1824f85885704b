using System.Globalization;
using Hearth.Api.Workers;
using Hearth.Worker.Assignments;

namespace Hearth.Worker.Tests.Assignments;

public sealed class IdleLevelTests
{
    private static readonly ProcessUse First = new(Files: 100, Threads: 20, NativeBytes: 50 << 20);

    [Fact]
    public void FindGrowth_AsManyAsMayComeAndGo_FindsNothing()
    {
        var use = First;
        var level = new IdleLevel(() => use);
        Assert.Null(level.FindGrowth(WorkerRole.Function, kept: 0));

        use = new(First.Files + IdleLevel.MoreFiles, First.Threads + IdleLevel.MoreThreads, First.NativeBytes + IdleLevel.MoreBytes);

        Assert.Null(level.FindGrowth(WorkerRole.Function, kept: 0));
    }

    [Theory]
    [InlineData(1, 0, 0, "129 more open files than an idle worker has")]
    [InlineData(0, 1, 0, "{0} more threads than an idle worker has")]
    [InlineData(0, 0, 1 << 20, "68 MB of native memory more than an idle worker has")]
    public void FindGrowth_OneBeyond_SaysWhichAndHowMuch(int files, int threads, long bytes, string expected)
    {
        var use = First;
        var level = new IdleLevel(() => use);
        level.FindGrowth(WorkerRole.Function, kept: 0);

        use = new(First.Files + IdleLevel.MoreFiles + files, First.Threads + IdleLevel.MoreThreads + threads, First.NativeBytes + IdleLevel.MoreBytes + bytes);

        Assert.Equal(string.Format(CultureInfo.InvariantCulture, expected, IdleLevel.MoreThreads + 1), level.FindGrowth(WorkerRole.Function, kept: 0));
    }

    [Fact]
    public void FindGrowth_MemoryThatIsKeptOnPurpose_IsNone()
    {
        var use = First;
        var level = new IdleLevel(() => use);
        level.FindGrowth(WorkerRole.Function, kept: 0);

        use = First with { NativeBytes = First.NativeBytes + (200 << 20) };

        Assert.Null(level.FindGrowth(WorkerRole.Function, kept: 200 << 20));
        Assert.NotNull(level.FindGrowth(WorkerRole.Function, kept: 0));
    }

    [Fact]
    public void FindGrowth_FirstReleaseOfAnotherRole_RaisesTheLevel()
    {
        var use = First;
        var level = new IdleLevel(() => use);
        level.FindGrowth(WorkerRole.Function, kept: 0);

        use = First with { NativeBytes = First.NativeBytes + (200 << 20) };

        Assert.Null(level.FindGrowth(WorkerRole.Trainer, kept: 0));
        Assert.Null(level.FindGrowth(WorkerRole.Function, kept: 0));
        use = use with { NativeBytes = use.NativeBytes + (100 << 20) };
        Assert.NotNull(level.FindGrowth(WorkerRole.Trainer, kept: 0));
    }

    [Fact]
    public void FindGrowth_SlowLeak_IsFoundWhenItHasAddedUp()
    {
        var use = First;
        var level = new IdleLevel(() => use);
        var releases = 0;

        while (level.FindGrowth(WorkerRole.Function, kept: 0) is null)
        {
            releases++;
            use = use with { NativeBytes = use.NativeBytes + (10 << 20) };
        }

        Assert.Equal(7, releases);
    }
}
