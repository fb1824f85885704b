using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Tests.KeepAlive;

public sealed class KeepAliveTimeTests
{
    [Fact]
    public void Decide_Fixed_IsTheDuration() =>
        Assert.Equal(new(TimeSpan.FromMinutes(5)), KeepAliveTime.Decide(new() { Duration = TimeSpan.FromMinutes(5) }));

    [Theory]
    [InlineData(KeepAlivePolicy.Histogram)]
    [InlineData(KeepAlivePolicy.Adaptive)]
    public void Decide_PolicyToCome_IsTheDurationAndSaysSo(KeepAlivePolicy policy)
    {
        var decision = KeepAliveTime.Decide(new() { Policy = policy, Duration = TimeSpan.FromSeconds(90) });

        Assert.Equal(TimeSpan.FromSeconds(90), decision.Duration);
        Assert.Contains(policy.ToString(), decision.Note, StringComparison.Ordinal);
        Assert.Contains("1m30s", decision.Note, StringComparison.Ordinal);
    }
}
