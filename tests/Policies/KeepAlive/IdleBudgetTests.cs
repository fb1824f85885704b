using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

public sealed class IdleBudgetTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(10);

    [Theory]
    [InlineData(60, 1.0)] // spends less than allowed: cold starts become dearer, more is spent
    [InlineData(600, -1.0)]
    public void Record_SpendingOffTheBudget_MovesThePriceAgainstIt(int spent, double direction)
    {
        var budget = new IdleBudget(0.96);
        for (var i = 0; i < 100; i++)
            budget.Record(Start.AddMinutes(i), Duration, TimeSpan.FromSeconds(300), TimeSpan.FromSeconds(spent));

        Assert.Equal(direction, Math.Sign(budget.Factor - 1));
    }

    [Fact]
    public void Record_SpendingAsAllowed_KeepsThePrice()
    {
        var budget = new IdleBudget(1);
        for (var i = 0; i < 100; i++)
            budget.Record(Start.AddMinutes(i), Duration, TimeSpan.FromSeconds(i), TimeSpan.FromSeconds(i));

        Assert.Equal(1, budget.Factor);
    }

    [Fact]
    public void Record_AtOneMoment_DoesNotMoveThePrice()
    {
        var budget = new IdleBudget(1);
        for (var i = 0; i < 1000; i++)
            budget.Record(Start, Duration, Duration, TimeSpan.Zero);

        Assert.Equal(1, budget.Factor);
    }

    [Fact]
    public void Record_Anything_KeepsThePriceAboveZeroAndBounded() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).Two().ListOf().ToArbitrary(), entries =>
        {
            var budget = new IdleBudget(0.96);
            foreach (var ((allowed, spent), i) in entries.Select((e, i) => (e, i)))
                budget.Record(Start.AddHours(i), Duration, TimeSpan.FromSeconds(allowed), TimeSpan.FromSeconds(spent));
            return budget.Factor is > 0 and <= 100;
        }).QuickCheckThrowOnFailure();
}
