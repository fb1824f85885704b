using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Schedules;

namespace Hearth.Policies.Tests.Schedules;

public sealed class PeakShavingTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Slot = TimeSpan.FromSeconds(10);

    [Fact]
    public void Plan_Peak_IsSpreadWithinTheDeadline()
    {
        var starts = PeakShaving.Plan([.. Enumerable.Repeat((Start, Start.AddSeconds(60)), 6)], 2, Slot);

        Assert.Equal([0, 0, 10, 10, 20, 20], starts.Select(s => (s - Start).TotalSeconds).Order());
    }

    [Fact]
    public void Plan_NoRoomBeforeTheDeadline_StartsOnArrival() =>
        Assert.All(PeakShaving.Plan([.. Enumerable.Repeat((Start, Start.AddSeconds(5)), 4)], 1, Slot), start => Assert.Equal(Start, start));

    [Fact]
    public void Plan_AnyJobs_NeverStartEarlyOrLate() => Prop.ForAll(
        Gen.Choose(0, 500).Two().ListOf().ToArbitrary(), Gen.Choose(1, 5).ToArbitrary(), (jobs, rate) =>
        {
            var plan = jobs.Select(j => (Arrival: Start.AddSeconds(j.Item1), StartBy: Start.AddSeconds(j.Item1 + j.Item2))).ToArray();
            var starts = PeakShaving.Plan(plan, rate, Slot);
            return starts.Zip(plan).All(p => p.First >= p.Second.Arrival && p.First <= p.Second.StartBy);
        }).QuickCheckThrowOnFailure();
}
