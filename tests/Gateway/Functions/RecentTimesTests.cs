using Hearth.Gateway.Functions;

namespace Hearth.Gateway.Tests.Functions;

public sealed class RecentTimesTests
{
    [Fact]
    public void Mean_NothingRecorded_IsZero()
    {
        var times = new RecentTimes();

        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero), (times.Count, times.Mean, times.Quick));
    }

    [Fact]
    public void Record_ManyAndThenOthers_OnlyTheLatestCount()
    {
        var times = new RecentTimes();
        for (var i = 0; i < 100; i++)
            times.Record(TimeSpan.FromSeconds(100));
        for (var i = 1; i <= 32; i++)
            times.Record(TimeSpan.FromSeconds(i));

        Assert.Equal(16.5, times.Mean.TotalSeconds, 3);
        Assert.Equal(4, times.Quick.TotalSeconds, 3);
    }
}
