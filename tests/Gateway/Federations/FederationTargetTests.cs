using Hearth.Gateway.Federations;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Gateway.Tests.Federations;

public sealed class FederationTargetTests
{
    [Theory]
    [InlineData("/federations/shop/digits/task?client=a&wait=30s", "shop", "digits", "/task?client=a&wait=30s")]
    [InlineData("/federations/shop/digits/rounds/1/updates/a%2Fb", "shop", "digits", "/rounds/1/updates/a%2Fb")]
    [InlineData("/federations/shop/digits/", "shop", "digits", "/")]
    [InlineData("/federations/shop/digits", "shop", "digits", "/")]
    [InlineData("/federations/shop/digits?x=/y/z", "shop", "digits", "/?x=/y/z")]
    [InlineData("/federations/shop", "shop", "", "/")]
    [InlineData("/federations//", "", "", "/")]
    public void Read_UrlOfAFederation_IsTaken(string url, string ns, string name, string rest) =>
        Assert.Equal(new FederationTarget(new ObjectKey(ns, name), rest), FederationTarget.Read(url));

    [Theory]
    [InlineData("/federation/shop/digits/task")]
    [InlineData("/functions/shop/digits/federations/a/b")]
    [InlineData("/")]
    public void Read_AnotherUrl_IsNone(string url) => Assert.Null(FederationTarget.Read(url));

    [Theory]
    [InlineData("/task", true)]
    [InlineData("/task?client=a", true)]
    [InlineData("/tasks", false)]
    [InlineData("/models/1", false)]
    public void IsTask_ByPath_IsToldApart(string path, bool expected) => Assert.Equal(expected, new FederationTarget(default, path).IsTask);
}
