using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Tests.Invocation;

public sealed class FallbackTargetTests
{
    [Theory]
    [InlineData("/predict?x=1", "/predict?x=1")]
    [InlineData("/v2/models/large/infer", "/v2/models/small/infer")]
    [InlineData("/v2/models/large?x=1", "/v2/models/small?x=1")]
    [InlineData("/v2/models/large", "/v2/models/small")]
    [InlineData("/v2/models/larger/infer", "/v2/models/larger/infer")]
    [InlineData("/v2/models/", "/v2/models/")]
    public void Of_Path_NamesTheStandInsModel(string path, string expected)
    {
        var target = FallbackTarget.Of(new("large.shop", new("shop", "large"), path), "small");

        Assert.Equal(new InvocationTarget("small", new("shop", "small"), expected), target);
    }

    [Fact]
    public void Of_PathAsksForAVersion_IsNone() =>
        Assert.Null(FallbackTarget.Of(new("large", new("shop", "large"), "/v2/models/large/versions/3/infer"), "small"));
}
