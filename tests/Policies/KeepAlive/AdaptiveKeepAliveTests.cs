using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

public sealed class AdaptiveKeepAliveTests
{
    private static readonly TimeSpan Fallback = TimeSpan.FromMinutes(10);

    [Fact]
    public void Decide_ShortIdleTimes_StaysJustBeyondThem()
    {
        var decision = Decide(Enumerable.Repeat(60.0, 40), price: 600, start: 20);

        Assert.InRange(decision.Duration.TotalSeconds, 60, 60 * 1.1);
        Assert.Null(decision.PreWarm);
    }

    [Fact]
    public void Decide_IdleTimesDearerThanAColdStart_GivesBackAtOnce() =>
        Assert.Equal(TimeSpan.Zero, Decide(Uniform(5_000, 500_000), price: 60).Duration);

    [Fact]
    public void Decide_Timer_IsMadeReadyJustBeforeItFires()
    {
        var decision = Decide(Enumerable.Repeat(3600.0, 10), price: 600);

        Assert.Equal(TimeSpan.Zero, decision.Duration);
        var window = Assert.NotNull(decision.PreWarm);
        Assert.InRange(window.Start.TotalSeconds, 2700, 3599);
        Assert.InRange(window.End.TotalSeconds, 3601, 4500);
    }

    [Fact]
    public void Decide_TimerFasterThanAStartIsWorth_StaysInstead() =>
        Assert.Null(Decide(Enumerable.Repeat(60.0, 10), price: 600, start: 20).PreWarm);

    [Fact]
    public void Decide_TwoIdleTimes_AreNoTimerYet() =>
        Assert.Null(Decide([3600, 9000], price: 600).PreWarm);

    [Fact]
    public void Decide_OldHabit_FadesAsNewOnesCome()
    {
        var decision = Decide(Enumerable.Repeat(5000.0, 100).Concat(Enumerable.Repeat(30.0, 400)), price: 600, start: 20);

        Assert.InRange(decision.Duration.TotalSeconds, 30, 60);
    }

    [Fact]
    public void Decide_UnknownRank_LearnsFromItsNeighbours()
    {
        var history = new IdleHistory();
        for (var i = 0; i < 20; i++)
            history.Record(2, TimeSpan.FromSeconds(40));

        Assert.InRange(Policy(600).Decide(history, 3).Duration.TotalSeconds, 40, 45);
        Assert.Equal(Fallback, Policy(600).Decide(history, 9).Duration);
    }

    [Fact]
    public void Decide_DearerColdStart_NeverStaysShorter() => Prop.ForAll(
        KeepAliveFleetTests.IdleTimesGen.Where(idle => idle.Count > 0).ToArbitrary(), Gen.Choose(1, 10_000).ToArbitrary(), (idle, price) =>
        {
            var times = idle.Select(i => (double)i).ToArray();
            var (cheap, dear) = (Decide(times, price, start: 1e9), Decide(times, price * 2, start: 1e9));
            return dear.Duration >= cheap.Duration;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Decide_AnyIdleTimes_CostsNoMoreThanNothingOrEverything() => Prop.ForAll(
        KeepAliveFleetTests.IdleTimesGen.Where(idle => idle.Count is > 0 and < 30).ToArbitrary(), idle =>
        {
            const double Price = 500;
            var decision = Decide(idle.Select(i => (double)i), Price, start: 1e9);
            var cost = idle.Sum(i => decision.WarmWithin(TimeSpan.FromSeconds(i)).TotalSeconds + (decision.IsWarmAfter(TimeSpan.FromSeconds(i)) ? 0 : Price));
            // Fading weighs the idle times by up to 0.98^30, and a bin is a tenth wide.
            return cost <= 2.2 * Math.Min(idle.Count * Price, idle.Sum(i => (double)i)) + 1;
        }).QuickCheckThrowOnFailure();

    private static IEnumerable<double> Uniform(int from, int to) => Enumerable.Range(0, 60).Select(i => from + ((to - from) * i / 59.0));

    private static KeepAliveDecision Decide(IEnumerable<double> seconds, double price, double start = 1)
    {
        var history = new IdleHistory();
        foreach (var idle in seconds)
            history.Record(1, TimeSpan.FromSeconds(idle));
        return Policy(price, start).Decide(history, 1);
    }

    private static AdaptiveKeepAlive Policy(double price, double start = 1) => new(new(), Fallback, new IdleTimes(1), price, start);
}
