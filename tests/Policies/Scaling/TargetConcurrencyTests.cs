using Hearth.Policies.Scaling;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Scaling;

public sealed class TargetConcurrencyTests
{
    [Theory]
    [InlineData(0, null, 70.0)]
    [InlineData(10, null, 7.0)]
    [InlineData(1, null, 0.7)]
    [InlineData(10, 3, 3.0)]
    public void Of_Spec_IsTheGivenOneOr70Percent(int concurrency, int? target, double expected) =>
        Assert.Equal(expected, TargetConcurrency.Of(new MakeFunction().Concurrency(concurrency, target).Build().Spec), 12);
}
