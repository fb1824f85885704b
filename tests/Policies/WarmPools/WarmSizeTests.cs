using Hearth.Api.WorkerPools;
using Hearth.Policies.WarmPools;

namespace Hearth.Policies.Tests.WarmPools;

public sealed class WarmSizeTests
{
    [Fact]
    public void Decide_Fixed_IsMin() => Assert.Equal(new(3), WarmSize.Decide(new() { Min = 3, Max = 9 }));

    [Fact]
    public void Decide_Predictive_IsMinAndSaysSo()
    {
        var decision = WarmSize.Decide(new() { Min = 2, Max = 9, Policy = WarmPolicy.Predictive });

        Assert.Equal(2, decision.Idle);
        Assert.Contains("Predictive", decision.Note, StringComparison.Ordinal);
    }
}
