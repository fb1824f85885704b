using Hearth.Gateway.Forwarding;

namespace Hearth.Gateway.Tests.Forwarding;

public sealed class DialTimesTests
{
    [Fact]
    public void Slow_NothingMeasured_IsAGuess() => Assert.Equal(TimeSpan.FromMilliseconds(50), new DialTimes().Slow);

    [Fact]
    public void Slow_FastDials_IsTheFloor() => Assert.Equal(TimeSpan.FromMilliseconds(5), After(Enumerable.Repeat(0.1, 100)));

    [Fact]
    public void Slow_SteadyDials_SettlesAboveTheirTime() => Assert.InRange(After(Enumerable.Repeat(20.0, 200)).TotalMilliseconds, 20, 25);

    [Fact]
    public void Slow_OneOutlier_MovesLittle() => Assert.InRange(After([.. Enumerable.Repeat(1.0, 100), 1000]).TotalMilliseconds, 5, 20);

    [Fact]
    public void Slow_EverSlower_StaysBelowTheCap() => Assert.Equal(TimeSpan.FromMilliseconds(500), After(Enumerable.Repeat(3000.0, 100)));

    private static TimeSpan After(IEnumerable<double> milliseconds)
    {
        var times = new DialTimes();
        foreach (var ms in milliseconds)
            times.Record(TimeSpan.FromMilliseconds(ms));
        return times.Slow;
    }
}
