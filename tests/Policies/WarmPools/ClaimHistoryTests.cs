using Hearth.Policies.WarmPools;

namespace Hearth.Policies.Tests.WarmPools;

public sealed class ClaimHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan HalfMinute = TimeSpan.FromSeconds(30);

    [Fact]
    public void Expect_SteadyClaims_IsTheirRate()
    {
        var history = new ClaimHistory();
        for (var minute = 0; minute < 120; minute++)
            history.Record(Start.AddMinutes(minute), 6);

        Assert.InRange(history.Expect(Start.AddMinutes(119), HalfMinute), 2.7, 3.3);
    }

    [Fact]
    public void Expect_NothingSeen_IsZero() => Assert.Equal(0, new ClaimHistory().Expect(Start, HalfMinute));

    [Fact]
    public void Expect_ClaimsLongAgo_FadeToNothing()
    {
        var history = new ClaimHistory();
        history.Record(Start, 100);
        history.Record(Start.AddMinutes(6), 0);

        Assert.True(history.Expect(Start.AddHours(5), HalfMinute) < 1e-6);
    }

    [Fact]
    public void Expect_SameHourAsYesterday_KnowsTheHabit()
    {
        var history = new ClaimHistory();
        for (var minute = 0; minute < 24 * 60; minute++)
            history.Record(Start.AddMinutes(minute), minute is >= 480 and < 490 ? 12 : 0);

        Assert.InRange(history.Expect(Start.AddDays(1).AddHours(8), HalfMinute), 5, 7);
        Assert.Equal(0, history.Expect(Start.AddDays(1).AddHours(12), HalfMinute), 6);
    }

    [Fact]
    public void Record_AfterALongPause_IsQuickAndSound()
    {
        var history = new ClaimHistory();
        history.Record(Start, 5);
        history.Record(Start.AddYears(300).AddHours(12), 0);

        Assert.Equal(0, history.Expect(Start.AddYears(300).AddHours(12), HalfMinute), 6);
    }
}
