using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class LoopbackRangeTests
{
    [Fact]
    public void Parse_OfWhatToStringWrites_GivesTheRangeBack() =>
        Assert.Equal(new LoopbackRange(42), LoopbackRange.Parse(new LoopbackRange(42).ToString()));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("10.244.1.0/24")]
    [InlineData("127.77.1.0/16")]
    [InlineData("127.0.1.0/24")]
    public void Parse_OfAnyOtherRange_IsNull(string? cidr) => Assert.Null(LoopbackRange.Parse(cidr));
}
