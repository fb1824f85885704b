using Hearth.Gateway.Forwarding;
using Microsoft.Extensions.Primitives;

namespace Hearth.Gateway.Tests.Forwarding;

public sealed class HopByHopTests
{
    [Theory]
    [InlineData("Connection", "", true)]
    [InlineData("keep-alive", "", true)]
    [InlineData("Transfer-Encoding", "", true)]
    [InlineData("Content-Type", "", false)]
    [InlineData("X-Hop", "X-Hop", true)]
    [InlineData("X-Hop", "close, x-hop ,other", true)]
    [InlineData("X-Hop", "X-Hopper", false)]
    public void Contains_NameAndConnectionHeader_Decide(string name, string connection, bool expected) =>
        Assert.Equal(expected, HopByHop.Contains(name, connection));

    [Fact]
    public void Contains_SeveralConnectionHeaders_AreAllRead() =>
        Assert.True(HopByHop.Contains("X-Hop", new StringValues(["close", "X-Hop"])));
}
