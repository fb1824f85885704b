using Hearth.Gateway.Activations;

namespace Hearth.Gateway.Tests.Activations;

public sealed class ActivationPlanTests
{
    [Theory]
    [InlineData("nobody waits", 0, 5, 1, 10, 0, 0, 0)]
    [InlineData("first caller", 1, 0, 1, 10, 0, 0, 1)]
    [InlineData("first caller, no limit", 1, 0, 0, 10, 0, 0, 1)]
    [InlineData("many callers, no limit", 200, 0, 0, 10, 0, 0, 1)]
    [InlineData("many callers share one that starts", 200, 0, 0, 10, 1, 1, 0)]
    [InlineData("rounds up", 11, 0, 10, 10, 0, 0, 2)]
    [InlineData("counts those in flight", 1, 10, 10, 10, 1, 1, 1)]
    [InlineData("bounded by max", 200, 0, 10, 5, 0, 0, 5)]
    [InlineData("bounded by max with some there", 200, 0, 10, 5, 3, 3, 2)]
    [InlineData("max reached by workers that do not serve", 10, 0, 1, 2, 0, 2, 0)]
    [InlineData("more than needed", 1, 0, 1, 10, 4, 4, 0)]
    public void ToStart_EachSituation_GivesTheMissing(
        string situation, int queued, int inFlight, int concurrency, int max, int capable, int existing, int expected) =>
        Assert.True(expected == ActivationPlan.ToStart(queued, inFlight, concurrency, max, capable, existing), situation);
}
