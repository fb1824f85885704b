using System.Text;
using Hearth.Gateway.Invocation;
using Hearth.Kubernetes.Controllers;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Invocation;

public sealed class TargetParserTests
{
    private readonly TargetParser _parser = new("default");

    [Theory]
    [InlineData("/v1.0/invoke/fn/method/predict", "default", "fn", "/predict")]
    [InlineData("/v1.0/invoke/fn/method/v2/models/fn/infer", "default", "fn", "/v2/models/fn/infer")]
    [InlineData("/v1.0/invoke/fn.prod/method/a", "prod", "fn", "/a")]
    [InlineData("/v1.0/invoke/fn/method/", "default", "fn", "/")]
    [InlineData("/v1.0/invoke/fn/method/a/", "default", "fn", "/a/")]
    [InlineData("/v1.0/invoke/fn/method//a", "default", "fn", "//a")]
    [InlineData("/v1.0/invoke/fn/method/a?x=/method/b&y=%20", "default", "fn", "/a?x=/method/b&y=%20")]
    [InlineData("/v1.0/invoke/fn/method/a%2Fb/../c", "default", "fn", "/a%2Fb/../c")]
    [InlineData("http://gateway:3500/v1.0/invoke/fn/method/a", "default", "fn", "/a")]
    [InlineData("/functions/prod/fn/predict?q=1", "prod", "fn", "/predict?q=1")]
    [InlineData("/functions/prod/fn/", "prod", "fn", "/")]
    [InlineData("/functions/prod/fn", "prod", "fn", "/")]
    [InlineData("/functions/prod/fn?q=1", "prod", "fn", "/?q=1")]
    [InlineData("/functions/prod/my.fn/a", "prod", "my.fn", "/a")]
    public void TryParse_Url_NamesFunctionAndRawPath(string rawTarget, string ns, string name, string pathAndQuery)
    {
        Assert.True(_parser.TryParse(rawTarget, new HeaderDictionary(), out var target, out _));

        Assert.Equal(new ObjectKey(ns, name), target.Function);
        Assert.Equal(pathAndQuery, target.PathAndQuery);
    }

    [Theory]
    [InlineData("/", Outcome.NoTarget)]
    [InlineData("/v2/models", Outcome.NoTarget)]
    [InlineData("*", Outcome.NoTarget)]
    [InlineData("/v1.0/invoke/fn", Outcome.NoMethod)]
    [InlineData("/v1.0/invoke/fn/method", Outcome.NoMethod)]
    [InlineData("/v1.0/invoke/fn/methods/a", Outcome.NoMethod)]
    [InlineData("/v1.0/invoke/", Outcome.NoMethod)]
    [InlineData("/v1.0/invoke/fn.prod.eu/method/a", Outcome.InvalidTarget)]
    [InlineData("/v1.0/invoke/fn./method/a", Outcome.InvalidTarget)]
    [InlineData("/v1.0/invoke/.prod/method/a", Outcome.InvalidTarget)]
    [InlineData("/v1.0/invoke//method/a", Outcome.InvalidTarget)]
    [InlineData("/functions/prod", Outcome.InvalidTarget)]
    [InlineData("/functions//fn/a", Outcome.InvalidTarget)]
    [InlineData("/functions/prod//a", Outcome.InvalidTarget)]
    public void TryParse_UrlWithoutTarget_IsRefused(string rawTarget, object outcome)
    {
        Assert.False(_parser.TryParse(rawTarget, new HeaderDictionary(), out _, out var refusal));

        Assert.Equal((Outcome)outcome, refusal.Outcome);
    }

    [Fact]
    public void TryParse_AppIdHeader_WinsOverUrlAndIsStripped()
    {
        var headers = new HeaderDictionary { ["dapr-app-id"] = "fn.prod", ["other"] = "kept" };

        Assert.True(_parser.TryParse("/v1.0/invoke/else/method/a/?q=1", headers, out var target, out _));

        Assert.Equal(new ObjectKey("prod", "fn"), target.Function);
        Assert.Equal("/v1.0/invoke/else/method/a/?q=1", target.PathAndQuery);
        Assert.Equal(["other"], headers.Keys);
    }

    [Fact]
    public void TryParse_AppIdAsUserOfBasicAuth_IsTakenAndStripped()
    {
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes("dapr-app-id:fn"));
        var headers = new HeaderDictionary { ["Authorization"] = $"Basic {credentials}" };

        Assert.True(_parser.TryParse("/a", headers, out var target, out _));

        Assert.Equal(new ObjectKey("default", "fn"), target.Function);
        Assert.Empty(headers);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Basic ???")]
    [InlineData("Bearer abc")]
    public void TryParse_OtherAuthorization_BelongsToTheFunction(string authorization)
    {
        var headers = new HeaderDictionary { ["Authorization"] = authorization };

        Assert.True(_parser.TryParse("/functions/prod/fn/a", headers, out _, out _));

        Assert.Equal(authorization, headers["Authorization"]);
    }
}
