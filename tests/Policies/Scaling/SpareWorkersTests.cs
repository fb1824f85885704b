using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Scaling;

namespace Hearth.Policies.Tests.Scaling;

public sealed class SpareWorkersTests
{
    private static readonly TimeSpan Past = TimeSpan.FromMinutes(15);

    [Theory]
    [InlineData(3.9, 5, 600)] // too little load for the model
    [InlineData(36, 0.01, 600)] // has not turned over in the past that was averaged
    [InlineData(36, 5, 0)]
    public void Wanted_RuleDoesNotApply_IsZero(double mean, double starts, double price) =>
        Assert.Equal(0, SpareWorkers.Wanted(mean, starts, price, Past));

    // P(n = K−1) ≥ 1 ÷ (5 · 200) for m = 36: P(53) = 0.0017, P(54) = 0.00113, P(55) = 0.00074.
    [Fact]
    public void Wanted_KnownDistribution_IsTheLastWorkerThatPays() => Assert.Equal(55, SpareWorkers.Wanted(36, 5, 200, Past));

    [Fact]
    public void Wanted_DearerColdStart_NeverMeansFewer() => Prop.ForAll(
        Gen.Choose(4, 500).ToArbitrary(), Gen.Choose(1, 100_000).ToArbitrary(), (mean, price) =>
        {
            var cheap = SpareWorkers.Wanted(mean, mean, price, Past);
            return cheap >= mean && SpareWorkers.Wanted(mean, mean, price * 2.0, Past) >= cheap;
        }).QuickCheckThrowOnFailure();
}
