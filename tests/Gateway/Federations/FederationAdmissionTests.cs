using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Kubernetes.Client;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;
using NSubstitute;
using NSubstitute.ExceptionExtensions;

namespace Hearth.Gateway.Tests.Federations;

/// <summary>Tokens and quotas of a federation's clients.</summary>
public sealed class FederationAdmissionTests : IAsyncLifetime
{
    private const string Update = "rounds/1/updates/a";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private readonly FederatedAggregation _federation = new MakeFederation().Stored().Build();
    private readonly Dictionary<string, string> _tokens = new() { ["a"] = "token of a", ["b"] = "token of b", ["_any"] = "master", ["empty"] = "" };
    private InvocationHarness _gateway = null!;
    private FakeWorker _aggregator = null!;

    public async Task InitializeAsync()
    {
        _gateway = await InvocationHarness.StartAsync(new() { MaxUpdateBytesUnderWay = 5_000_000 }, _time);
        _federation.Spec.Clients.Auth = new() { SecretName = "tokens" };
        _gateway.Federations.Set(_federation);
        _aggregator = await _gateway.AddAggregatorAsync(_federation);
        _aggregator.Answer = context => context.Response.WriteAsync($"authorization: {context.Request.Headers.Authorization}");
        _gateway.Api.GetAsync<V1Secret>("tokens", "default", Arg.Any<CancellationToken>()).Returns(_ => Secret());
    }

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("PUT", Update, "token of a")]
    [InlineData("PUT", "aggregators/leaf-1/" + Update, "token of a")]
    [InlineData("GET", "task?client=a", "token of a")]
    [InlineData("GET", "models/1", "token of b")]
    [InlineData("POST", "clients", "token of a")]
    [InlineData("PUT", Update, "master")]
    [InlineData("POST", "clients", "master")]
    public async Task Handle_TokenOfTheClient_PassesWithoutTheToken(string method, string path, string token)
    {
        using var answer = await SendAsync(method, path, token);

        Assert.Equal((HttpStatusCode.OK, "authorization: "), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData(null, "send the header \"Authorization: Bearer TOKEN\"")]
    [InlineData("", "send the header \"Authorization: Bearer TOKEN\"")]
    [InlineData("token of nobody", "see that it is that of Secret \"default/tokens\"")]
    public async Task Handle_NoTokenOfTheFederation_Is401WithWhatToDo(string? token, string message)
    {
        using var answer = await SendAsync("PUT", Update, token);

        var error = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.Unauthorized, "ERR_UNAUTHORIZED", 0), (error.Status, error.Code, _aggregator.Requests));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("PUT", Update, null)]
    [InlineData("PUT", "rounds/1/updates/%61", null)]
    [InlineData("GET", "task?client=a", null)]
    [InlineData("GET", "task?Client=a", null)]
    [InlineData("GET", "task?client=b&client=a", null)]
    [InlineData("POST", "clients", """{"id":"a","examples":3}""")]
    [InlineData("POST", "Clients/", """{"id":"b","ID":"a"}""")]
    [InlineData("POST", "clients", "no JSON")]
    public async Task Handle_TokenOfAnotherClient_Is403(string method, string path, string? body)
    {
        using var answer = await SendAsync(method, path, "token of b", body);

        var error = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.Forbidden, "ERR_FEDERATION_OTHER_CLIENT", 0), (error.Status, error.Code, _aggregator.Requests));
        Assert.Contains("the token is that of client \"b\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_Join_ForwardsTheBodyThatWasLookedAt()
    {
        _aggregator.Answer = async context => await context.Response.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync());

        using var answer = await SendAsync("POST", "clients", "token of a", """{"examples":3,"id":"a"}""");

        Assert.Equal("""{"examples":3,"id":"a"}""", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Handle_TokenAddedToTheSecret_IsGoodAfterASecond()
    {
        (await SendAsync("PUT", Update, "new")).Dispose();
        _tokens["a"] = "new";

        using var atOnce = await SendAsync("PUT", Update, "new");
        _time.Advance(TimeSpan.FromSeconds(1));
        using var later = await SendAsync("PUT", Update, "new");

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK), (atOnce.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task Handle_TokenTakenOutOfTheSecret_IsGoodForAWhileOnly()
    {
        (await SendAsync("PUT", Update, "token of a")).Dispose();
        _tokens.Remove("a");

        using var atOnce = await SendAsync("PUT", Update, "token of a");
        _time.Advance(Gateway.Federations.ClientAuthenticator.KeepFor);
        using var later = await SendAsync("PUT", Update, "token of a");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (atOnce.StatusCode, later.StatusCode));
    }

    [Fact]
    public async Task Handle_ApiServerIsAway_KnowsTheClientsStill()
    {
        (await SendAsync("PUT", Update, "token of a")).Dispose();
        _gateway.Api.GetAsync<V1Secret>("tokens", "default", Arg.Any<CancellationToken>()).ThrowsAsync(new HttpRequestException("away"));
        _time.Advance(TimeSpan.FromHours(1));

        using var answer = await SendAsync("PUT", Update, "token of a");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_NoSecret_Is503AndNamesIt()
    {
        _gateway.Api.GetAsync<V1Secret>("tokens", "default", Arg.Any<CancellationToken>()).Returns((V1Secret?)null);

        using var answer = await SendAsync("PUT", Update, "token of a");

        var error = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "ERR_FEDERATION_UNAVAILABLE"), (error.Status, error.Code));
        Assert.Contains("Secret \"default/tokens\", which spec.clients.auth of federation \"default/fa\" names, is not there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handle_MoreRequestsThanTheQuota_Is429ForThatClientOnly()
    {
        _federation.Spec.Clients.Quota = new() { Requests = 1 };
        var (asked, answerNow) = Hold();
        var first = SendAsync("GET", "task?client=a", "token of a");
        await asked.Task.WaitAsync(Patience);

        using var second = await SendAsync("PUT", Update, "token of a");
        var other = SendAsync("GET", "task?client=b", "token of b");
        answerNow.SetResult();

        var error = await GatewayClient.ReadErrorAsync(second);
        Assert.Equal((HttpStatusCode.TooManyRequests, "ERR_FEDERATION_QUOTA", TimeSpan.FromSeconds(1)), (error.Status, error.Code, second.Headers.RetryAfter?.Delta));
        Assert.Contains("client \"a\" has 1 requests under way", error.Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), ((await first).StatusCode, (await other).StatusCode));
        using var after = await SendAsync("PUT", Update, "token of a");
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Theory]
    [InlineData("1M", "a", "the 1M that spec.clients.quota")]
    [InlineData(null, "b", "over its limit of 5000000")]
    public async Task Handle_MoreBytesThanMayBeUnderWay_Is429(string? quota, string second, string message)
    {
        _federation.Spec.Clients.Quota = new() { Bytes = quota };
        var (asked, answerNow) = Hold();
        // One update is always taken, however large.
        var first = SendAsync("PUT", Update, "token of a", new string('x', 4_500_000));
        await asked.Task.WaitAsync(Patience);

        using var refused = await SendAsync("PUT", $"rounds/1/updates/{second}", $"token of {second}", new string('x', 600_000));
        answerNow.SetResult();

        var error = await GatewayClient.ReadErrorAsync(refused);
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (error.Status, (await first).StatusCode));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private (TaskCompletionSource Asked, TaskCompletionSource AnswerNow) Hold()
    {
        var (asked, answerNow) = (new TaskCompletionSource(), new TaskCompletionSource());
        _aggregator.Answer = async context =>
        {
            asked.TrySetResult();
            await context.Request.Body.CopyToAsync(Stream.Null);
            await answerNow.Task;
        };
        return (asked, answerNow);
    }

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? token, string? body = null)
    {
        var request = new HttpRequestMessage(new(method), $"/federations/default/fa/{path}");
        if (method != "GET")
            request.Content = new StringContent(body ?? """{"id":"a"}""", Encoding.UTF8);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return _gateway.Http.SendAsync(request);
    }

    private V1Secret Secret() => new()
    {
        Metadata = new() { Name = "tokens", Namespace = "default" },
        Data = _tokens.ToDictionary(t => t.Key, t => Convert.ToBase64String(Encoding.UTF8.GetBytes(t.Value))),
    };
}
