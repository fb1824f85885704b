using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Aggregation;

namespace Hearth.Policies.Tests.Aggregation;

public sealed class ArrivalEstimateTests
{
    [Fact]
    public void After_FirstRound_IsWhatItBrought() => Assert.Equal(20, new ArrivalEstimate().After(20).Updates);

    [Fact]
    public void After_AnotherRound_WeighsItByAlpha()
    {
        Assert.Equal(0.7 * 100 + 0.3 * 20, new ArrivalEstimate(20).After(100).Updates!.Value, 9);
        Assert.Equal(0.5 * 100 + 0.5 * 20, new ArrivalEstimate(20).After(100, alpha: 0.5).Updates!.Value, 9);
    }

    [Theory]
    [InlineData(null, 3, 5, null, 5)]
    [InlineData(null, 30, 5, null, 30)]
    [InlineData(null, 30, 5, 8, 8)]
    [InlineData(12.5, 30, 5, null, 12.5)]
    [InlineData(2.0, 30, 5, null, 5)]
    [InlineData(90.0, 30, 5, 80, 80)]
    public void Expect_Always_StaysWithinWhatARoundTakes(double? estimate, int joined, int min, int? max, double expected) =>
        Assert.Equal(expected, new ArrivalEstimate(estimate).Expect(joined, min, max));

    [Fact]
    public void After_AnyRounds_StaysBetweenTheLeastAndTheMost() => Prop.ForAll(
        Gen.Choose(0, 5000).NonEmptyListOf().ToArbitrary(), Gen.Choose(1, 100).ToArbitrary(), (rounds, percent) =>
        {
            var estimate = rounds.Aggregate(new ArrivalEstimate(), (e, received) => e.After(received, percent / 100.0)).Updates!.Value;
            return estimate >= rounds.Min() - 1e-9 && estimate <= rounds.Max() + 1e-9;
        }).QuickCheckThrowOnFailure();
}
