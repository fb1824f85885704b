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
        Assert.Equal(new FederationTarget(new ObjectKey(ns, name), null, rest), FederationTarget.Read(url));

    [Theory]
    [InlineData("/federations/shop/digits/aggregators/leaf-2/rounds/1/updates/a?x=1", "leaf-2", "/rounds/1/updates/a?x=1")]
    [InlineData("/federations/shop/digits/aggregators/leaf-2", "leaf-2", "/")]
    [InlineData("/federations/shop/digits/aggregators/leaf-2?x=/y", "leaf-2", "/?x=/y")]
    [InlineData("/federations/shop/digits/aggregators/", "", "/")]
    public void Read_UrlOfALeaf_NamesIt(string url, string slot, string rest) =>
        Assert.Equal(new FederationTarget(new ObjectKey("shop", "digits"), slot, rest), FederationTarget.Read(url));

    [Theory]
    [InlineData("/tree/rounds/1/updates", true)]
    [InlineData("/TREE/rounds/1/updates", true)]
    [InlineData("//tree", true)]
    [InlineData("/%74ree/rounds/1/sums?x=1", true)]
    [InlineData("/task/../tree/rounds/1/sums", true)]
    [InlineData("/task/%2e%2e/tree", true)]
    [InlineData("/./tree", true)]
    [InlineData("/rounds/1/updates/tree", false)]
    [InlineData("/task?client=tree", false)]
    [InlineData("/trees", false)]
    [InlineData("/", false)]
    public void IsInternal_WhateverItIsSpelled_IsSeen(string path, bool expected) => Assert.Equal(expected, new FederationTarget(default, null, path).IsInternal);

    [Theory]
    [InlineData("/rounds/1/updates/a?x=1", "a")]
    [InlineData("/rounds/1/updates/%61/", "a")]
    [InlineData("/rounds/1", null)]
    [InlineData("/rounds/1/updates/a/b", null)]
    public void UpdateClient_ByPath_IsRead(string path, string? client) => Assert.Equal(client, new FederationTarget(default, null, path).UpdateClient());

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
    public void IsTask_ByPath_IsToldApart(string path, bool expected) => Assert.Equal(expected, new FederationTarget(default, null, path).IsTask);
}
