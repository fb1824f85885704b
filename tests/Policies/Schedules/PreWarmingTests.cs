using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;
using Hearth.Policies.Schedules;

namespace Hearth.Policies.Tests.Schedules;

public sealed class PreWarmingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-1, 0, 1)] // a minute before: opens in one
    [InlineData(0, 3, 10)]
    [InlineData(9, 3, 1)]
    [InlineData(10, 0, 1430)]
    public void Decide_CronWindow_IsOpenForItsDuration(int minutes, int workers, int recheckMinutes)
    {
        var decision = PreWarming.Decide([new() { Schedule = "0 12 * * *", Target = 3 }], null, null, Noon.AddMinutes(minutes));

        Assert.Equal(new(workers, TimeSpan.FromMinutes(recheckMinutes), null), decision);
    }

    [Fact]
    public void Decide_Overlap_TakesTheGreatest()
    {
        PreWarmWindow[] windows = [new() { Schedule = "0 12 * * *", Target = 2 }, new() { Schedule = "55 11 * * *", Target = 5 }];

        Assert.Equal(5, PreWarming.Decide(windows, null, null, Noon).Workers);
        Assert.Equal(2, PreWarming.Decide(windows, null, null, Noon.AddMinutes(6)).Workers);
    }

    [Fact]
    public void Decide_WrongWindow_IsLeftOutAndNamed()
    {
        PreWarmWindow[] windows = [new() { Schedule = "noon" }, new() { Schedule = "0 12 * * *", TimeZone = "Mars" }, new() { Schedule = "0 12 * * *" }];

        var decision = PreWarming.Decide(windows, null, null, Noon);

        Assert.Equal(1, decision.Workers);
        Assert.Contains("scale.preWarm[0]: \"noon\"", decision.Note, StringComparison.Ordinal);
        Assert.Contains("scale.preWarm[1]: \"Mars\"", decision.Note, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 0, 20)]
    [InlineData(30, 1, 10)]
    [InlineData(40, 0, null)]
    public void Decide_IdleWindow_CountsFromTheLastRequest(int minutes, int workers, int? recheckMinutes)
    {
        var span = new IdleSpan(TimeSpan.FromMinutes(30), TimeSpan.FromMinutes(40));

        var decision = PreWarming.Decide(null, span, Noon, Noon.AddMinutes(minutes));

        Assert.Equal(new(workers, recheckMinutes is { } m ? TimeSpan.FromMinutes(m) : null, null), decision);
    }
}
