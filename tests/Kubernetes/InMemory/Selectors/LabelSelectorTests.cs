using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Selectors;

namespace Hearth.Kubernetes.Tests.InMemory.Selectors;

public sealed class LabelSelectorTests
{
    [Theory]
    [InlineData(null, true)]
    [InlineData("", true)]
    [InlineData("app=a", true)]
    [InlineData("app==a", true)]
    [InlineData("app=b", false)]
    [InlineData("app!=b", true)]
    [InlineData("absent!=b", true)]
    [InlineData("app in (a,b)", true)]
    [InlineData("app in (b, c)", false)]
    [InlineData("app notin (b,c)", true)]
    [InlineData("absent notin (b)", true)]
    [InlineData("app", true)]
    [InlineData("absent", false)]
    [InlineData("!absent", true)]
    [InlineData("!app", false)]
    [InlineData("size>3", true)]
    [InlineData("size<3", false)]
    [InlineData("app>3", false)]
    [InlineData("empty=", true)]
    [InlineData("app=a,size=5", true)]
    [InlineData("app=a, size in (4,5), !absent", true)]
    [InlineData("app=a,size=6", false)]
    [InlineData("example.com/tier=x", true)]
    public void Matches_Selector_TellsWhetherEveryTermHolds(string? selector, bool expected)
    {
        var entity = Objects.Json("""{"metadata":{"labels":{"app":"a","size":"5","empty":"","example.com/tier":"x"}}}""");

        Assert.Equal(expected, LabelSelector.Parse(selector).Matches(entity));
    }

    [Fact]
    public void Matches_ObjectWithoutLabels_SatisfiesOnlyNegativeTerms()
    {
        var entity = Objects.Json("""{"metadata":{}}""");

        Assert.True(LabelSelector.Parse("!a,b!=c").Matches(entity));
        Assert.False(LabelSelector.Parse("a").Matches(entity));
    }

    [Theory]
    [InlineData("a=b,")]
    [InlineData("a in b")]
    [InlineData("a in (b")]
    [InlineData("=b")]
    [InlineData("a b")]
    public void Parse_NoSelector_IsRefused(string selector)
    {
        var refusal = Assert.Throws<StatusException>(() => LabelSelector.Parse(selector));

        Assert.Equal(400, refusal.Status.Code);
        Assert.StartsWith("unable to parse requirement: found '", refusal.Message);
    }
}
