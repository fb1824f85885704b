using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

/// <summary>The rules of "Serverless in the Wild", section 4.2, worked by hand.</summary>
public sealed class HistogramKeepAliveTests
{
    [Fact]
    public void Decide_IdleTimesAroundTenMinutes_IsWarmFromHeadToTail()
    {
        // Ninety in minute 10, ten in minute 12: head 10, tail 12 whole minutes.
        var decision = Decide(Enumerable.Repeat(10.5, 90).Concat(Enumerable.Repeat(12.5, 10)));

        Assert.Equal(TimeSpan.Zero, decision.Duration);
        Assert.Equal(new IdleSpan(TimeSpan.FromMinutes(10 * 0.9), TimeSpan.FromMinutes(13 * 1.1)), decision.PreWarm);
    }

    [Fact]
    public void Decide_HeadInTheFirstMinute_DoesNotUnload()
    {
        var decision = Decide(Enumerable.Repeat(0.2, 90).Concat(Enumerable.Repeat(4.5, 10)));

        Assert.Null(decision.PreWarm);
        Assert.Equal(TimeSpan.FromMinutes(5 * 1.1), decision.Duration);
    }

    [Fact]
    public void Decide_OutliersBeyondTheTail_DoNotCount()
    {
        var decision = Decide(Enumerable.Repeat(0.2, 995).Concat(Enumerable.Repeat(200.0, 5)));

        Assert.Equal(TimeSpan.FromMinutes(1.1), decision.Duration);
    }

    [Fact]
    public void Decide_IdleTimesAllOver_IsTheWholeRange()
    {
        // As many in each minute: the variation between the bins is 0, below 2.
        var decision = Decide(Enumerable.Range(0, 240).Select(minute => minute + 0.5));

        Assert.Equal(TimeSpan.FromHours(4), decision.Duration);
        Assert.Null(decision.PreWarm);
    }

    [Fact]
    public void Decide_HalfOutOfBounds_ForecastsWithFifteenPercent()
    {
        var decision = Decide([.. Enumerable.Repeat(300.0, 10)]);

        Assert.Equal(TimeSpan.Zero, decision.Duration);
        Assert.Equal(300 * 0.85, decision.PreWarm!.Value.Start.TotalMinutes, 6);
        Assert.Equal(300 * 1.15, decision.PreWarm!.Value.End.TotalMinutes, 6);
    }

    [Fact]
    public void Decide_FewOutOfBounds_UsesTheHistogram() =>
        Assert.Equal(TimeSpan.FromMinutes(1.1), Decide(Enumerable.Repeat(0.5, 20).Concat(Enumerable.Repeat(300.0, 19))).Duration);

    [Theory]
    [InlineData(10, 15.4596)] // all in one bin: sqrt(240 − 1)
    [InlineData(0, 0)]
    public void Variation_OneBin_IsKnown(int count, double expected)
    {
        var minutes = new MinuteHistogram();
        for (var i = 0; i < count; i++)
            minutes.Add(TimeSpan.FromMinutes(7));

        Assert.Equal(expected, minutes.Variation, 3);
    }

    private static KeepAliveDecision Decide(IEnumerable<double> minutes)
    {
        var history = new IdleHistory();
        foreach (var idle in minutes)
            history.Record(1, TimeSpan.FromMinutes(idle));
        return new HistogramKeepAlive().Decide(history, 1);
    }
}
