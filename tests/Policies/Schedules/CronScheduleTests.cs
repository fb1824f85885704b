using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Schedules;

namespace Hearth.Policies.Tests.Schedules;

public sealed class CronScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("*/15 * * * *", "2026-01-01T00:00:00Z", "2026-01-01T00:15:00Z")]
    [InlineData("0 8 * * 1-5", "2026-01-02T09:00:00Z", "2026-01-05T08:00:00Z")] // Friday to Monday
    [InlineData("0 8 * * mon-fri", "2026-01-02T09:00:00Z", "2026-01-05T08:00:00Z")]
    [InlineData("30 6 1 jan,jul *", "2026-01-01T06:30:00Z", "2026-07-01T06:30:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 13 * 5", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")] // either day field: the first Friday
    [InlineData("0 0 * * 7", "2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z")] // 7 is Sunday
    [InlineData("5/20 3 * * *", "2026-01-01T00:00:00Z", "2026-01-01T03:05:00Z")]
    public void Next_Expression_IsTheNextMatch(string expression, string after, string expected) =>
        Assert.Equal(Time(expected), Parse(expression).Next(Time(after), TimeZoneInfo.Utc));

    [Fact]
    public void Next_NeverMatches_IsNull() => Assert.Null(Parse("0 0 31 2 *").Next(Time("2026-01-01T00:00:00Z"), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("2026-01-10T00:00:00Z", "2026-01-10T07:00:00Z")]
    [InlineData("2026-07-10T00:00:00Z", "2026-07-10T06:00:00Z")]
    public void Next_Zone_FollowsItsSummerTime(string after, string expected) =>
        Assert.Equal(Time(expected), Parse("0 8 * * *").Next(Time(after), Berlin));

    [Fact]
    public void Next_TimeSkippedBySummerTime_ComesWithTheGap() =>
        Assert.Equal(Time("2026-03-29T01:00:00Z"), Parse("30 2 * * *").Next(Time("2026-03-29T00:00:00Z"), Berlin));

    [Fact]
    public void Next_TimeThatComesTwice_IsTakenOnce()
    {
        var first = Parse("30 2 * * *").Next(Time("2026-10-24T22:00:00Z"), Berlin);

        Assert.Equal(Time("2026-10-25T00:30:00Z"), first);
        Assert.Equal(Time("2026-10-26T01:30:00Z"), Parse("30 2 * * *").Next(first!.Value, Berlin));
    }

    [Theory]
    [InlineData("* * * *", "it has 4")]
    [InlineData("60 * * * *", "minute \"60\"")]
    [InlineData("* 5-2 * * *", "hour \"5-2\"")]
    [InlineData("* * 0 * *", "day of month \"0\"")]
    [InlineData("* * * foo *", "month \"foo\"")]
    [InlineData("* * * * 8", "day of week \"8\"")]
    [InlineData("*/0 * * * *", "minute \"*/0\"")]
    [InlineData("1,, * * * *", "minute \"1,,\"")]
    [InlineData("", "it has 0")]
    public void TryParse_Wrong_SaysWhatIsExpected(string expression, string part)
    {
        Assert.Null(CronSchedule.TryParse(expression, out var fault));
        Assert.Contains(part, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_DoesNotThrow() => Prop.ForAll<string>(text =>
        CronSchedule.TryParse(text ?? "", out var fault) is null == fault is not null).QuickCheckThrowOnFailure();

    [Fact]
    public void Last_InTheSpan_IsTheLatest()
    {
        var schedule = Parse("0 * * * *");

        Assert.Equal(Time("2026-01-01T05:00:00Z"), schedule.Last(Time("2026-01-01T03:30:00Z"), Time("2026-01-01T05:59:00Z"), TimeZoneInfo.Utc));
        Assert.Null(schedule.Last(Time("2026-01-01T05:01:00Z"), Time("2026-01-01T05:59:00Z"), TimeZoneInfo.Utc));
    }

    private static CronSchedule Parse(string expression) => Assert.IsType<CronSchedule>(CronSchedule.TryParse(expression, out _));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
