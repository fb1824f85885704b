using Hearth.Cli.Demos.Serving;

namespace Hearth.Cli.Tests.Demos.Serving;

public sealed class ColdStartTimingTests
{
    [Fact]
    public void Read_HeadersOfAColdAnswer_GivesTheParts()
    {
        var timing = ColdStartTiming.Read(
            "pool", ["infer;dur=3.5", "podAllocation;dur=1.25, deployCode;dur=2, deployDependency;dur=30.5;desc=\"x\", scheduling;dur=0.25, total;dur=34"]);

        Assert.Equal(new ColdStartTiming("pool", 1.25, 2, 30.5, 0.25, 34), timing);
    }

    [Fact]
    public void Read_HeadersOfAWarmAnswer_IsNull() => Assert.Null(ColdStartTiming.Read(null, ["infer;dur=3"]));
}
