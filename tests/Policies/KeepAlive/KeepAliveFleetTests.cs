using FsCheck;
using FsCheck.Fluent;
using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

public sealed class KeepAliveFleetTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(KeepAlivePolicy.Fixed)]
    [InlineData(KeepAlivePolicy.Adaptive)]
    public void Decide_NothingKnown_IsTheDuration(KeepAlivePolicy policy) =>
        Assert.Equal(TimeSpan.FromMinutes(5), new KeepAliveFleet(new()).Decide("f", Spec(policy, 300), 1).Duration);

    [Fact]
    public void Decide_HistogramNothingKnown_IsItsRangeAndSaysSo()
    {
        var decision = new KeepAliveFleet(new()).Decide("f", Spec(KeepAlivePolicy.Histogram, 300), 1);

        Assert.Equal(TimeSpan.FromHours(4), decision.Duration);
        Assert.NotNull(decision.Note);
    }

    [Fact]
    public void Decide_Adaptive_TellsFunctionsApart()
    {
        var fleet = new KeepAliveFleet(new());
        for (var i = 0; i < 50; i++)
        {
            fleet.RecordIdle("often", 1, TimeSpan.FromSeconds(20 + i));
            fleet.RecordIdle("rarely", 1, TimeSpan.FromHours(5) + TimeSpan.FromMinutes(i * 7));
            fleet.RecordColdStart("often", TimeSpan.FromSeconds(20));
        }

        var often = fleet.Decide("often", Spec(KeepAlivePolicy.Adaptive, 600), 1).Duration;
        var rarely = fleet.Decide("rarely", Spec(KeepAlivePolicy.Adaptive, 600), 1).Duration;

        Assert.InRange(often, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(120));
        Assert.True(rarely < often, $"{rarely} for hours between requests, {often} for seconds");
    }

    [Fact]
    public void Decide_SlowColdStarts_StayLonger() => Prop.ForAll(IdleTimesGen.ToArbitrary(), idle =>
    {
        var fleet = new KeepAliveFleet(new());
        foreach (var seconds in idle)
        {
            fleet.RecordIdle("slow", 1, TimeSpan.FromSeconds(seconds));
            fleet.RecordIdle("fast", 1, TimeSpan.FromSeconds(seconds));
        }
        for (var i = 0; i < 50; i++)
        {
            fleet.RecordColdStart("slow", TimeSpan.FromSeconds(30));
            fleet.RecordColdStart("fast", TimeSpan.FromSeconds(1));
        }
        var spec = Spec(KeepAlivePolicy.Adaptive, 300);
        var (slow, fast) = (fleet.Decide("slow", spec, 1), fleet.Decide("fast", spec, 1));
        return slow.PreWarm is not null || fast.PreWarm is not null || slow.Duration >= fast.Duration;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyHistory_IsNeverNegative() => Prop.ForAll(IdleTimesGen.ToArbitrary(), Gen.Choose(0, 100_000).ToArbitrary(), (idle, duration) =>
        Enum.GetValues<KeepAlivePolicy>().All(policy =>
        {
            var fleet = new KeepAliveFleet(new());
            foreach (var (seconds, i) in idle.Select((s, i) => (s, i)))
                fleet.RecordIdle("f", 1 + (i % 5), TimeSpan.FromSeconds(seconds));
            var decision = fleet.Decide("f", Spec(policy, duration), 2);
            return decision.Duration >= TimeSpan.Zero
                && (decision.PreWarm is not { } window || (window.Start > TimeSpan.Zero && window.End > window.Start && window.Start >= decision.Duration));
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_Idle_StaysTheSame()
    {
        var fleet = new KeepAliveFleet(new());
        for (var i = 0; i < 20; i++)
            fleet.RecordIdle("f", 1, TimeSpan.FromSeconds(30));
        var spec = Spec(KeepAlivePolicy.Adaptive, 600);
        var first = fleet.Decide("f", spec, 1);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.Equal(first, fleet.Decide("f", spec, 1)));
    }

    [Fact]
    public void Spare_LoadGone_FallsToZero()
    {
        var fleet = new KeepAliveFleet(new());
        var spec = Spec(KeepAlivePolicy.Adaptive, 600);
        for (var second = 0; second < 3600; second++)
            fleet.RecordLoad("f", Start.AddSeconds(second), 30, 5);
        var steady = fleet.Spare("f", spec, Start.AddHours(1));
        fleet.RecordLoad("f", Start.AddHours(1), 0, 0);

        Assert.InRange(steady, 40, 60);
        Assert.Equal(0, fleet.Spare("f", Spec(KeepAlivePolicy.Fixed, 600), Start.AddHours(1)));
        Assert.Equal(0, fleet.Spare("f", spec, Start.AddHours(2)));
    }

    [Fact]
    public void Forget_Function_IsAsNew()
    {
        var fleet = new KeepAliveFleet(new());
        fleet.RecordIdle("f", 1, TimeSpan.FromMinutes(3));
        fleet.Forget("f");

        Assert.Equal(TimeSpan.FromHours(4), fleet.Decide("f", Spec(KeepAlivePolicy.Histogram, 60), 1).Duration);
    }

    internal static Gen<List<int>> IdleTimesGen => Gen.Choose(0, 200_000).ListOf().Select(list => list.ToList());

    private static KeepAliveSpec Spec(KeepAlivePolicy policy, int seconds) => new() { Policy = policy, Duration = TimeSpan.FromSeconds(seconds) };
}
