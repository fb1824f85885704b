using FsCheck;
using FsCheck.Fluent;
using Hearth.Api.WorkerPools;
using Hearth.Policies.WarmPools;

namespace Hearth.Policies.Tests.WarmPools;

public sealed class WarmSizeTests
{
    [Fact]
    public void Decide_Fixed_IsMin() => Assert.Equal(new(3), WarmSize.Decide(new() { Min = 3, Max = 9 }, 100));

    [Fact]
    public void Decide_NoClaimYet_IsMinAndSaysSo()
    {
        var decision = WarmSize.Decide(Predictive(2, 9), null);

        Assert.Equal(2, decision.Idle);
        Assert.NotNull(decision.Note);
    }

    // The 99th percentile of a Poisson variable, from tables.
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.1, 1)]
    [InlineData(1, 4)]
    [InlineData(5, 11)]
    [InlineData(50, 20)] // beyond max
    public void Decide_Predictive_CoversTheClaimsThatComeMeanwhile(double expected, int idle) =>
        Assert.Equal(idle, WarmSize.Decide(Predictive(1, 20), expected).Idle);

    [Fact]
    public void Decide_MoreClaims_NeverMeansFewerWorkers() => Prop.ForAll(Gen.Choose(0, 3000).ToArbitrary(), tenths =>
        WarmSize.Decide(Predictive(0, 1000), tenths / 10.0).Idle <= WarmSize.Decide(Predictive(0, 1000), (tenths + 1) / 10.0).Idle).QuickCheckThrowOnFailure();

    private static WarmSpec Predictive(int min, int max) => new() { Min = min, Max = max, Policy = WarmPolicy.Predictive };
}
