using System.Net;
using Hearth.Api.InferenceFunctions;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Invocation;

/// <summary>What callers get when the function they ask for names another to stand in.</summary>
public sealed class FallbackTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() => _gateway = await InvocationHarness.StartAsync(new() { MaxQueuedPerFunction = 1 });

    public async Task DisposeAsync()
    {
        _held.TrySetResult();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Invoke_FunctionIsOverloaded_FallbackAnswersAndIsNamed()
    {
        var (large, small) = await ServeAsync(Large());
        var held = await FillAsync(large);

        using var answer = await SendAsync("large", "/v2/models/large/infer?x=1", "body");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(["small"], answer.Headers.GetValues("Hearth-Fallback"));
        Assert.Equal("/v2/models/small/infer?x=1 body", await answer.Content.ReadAsStringAsync());
        Assert.Equal((1, 1), (large.Requests, small.Requests));
        _held.SetResult();
        foreach (var waited in await Task.WhenAll(held))
        {
            Assert.Equal(HttpStatusCode.OK, waited.StatusCode);
            Assert.False(waited.Headers.Contains("Hearth-Fallback"));
        }
    }

    [Fact]
    public async Task Invoke_FunctionCannotBeActivated_FallbackAnswers()
    {
        _gateway.Functions.Set(Large());
        var small = await _gateway.ServeAsync(Make.Function("small"));
        small.Answer = EchoAsync;

        // There is no pool, and no worker of its own.
        using var answer = await SendAsync("large", "/predict", "body");

        Assert.Equal("/predict body", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["small"], answer.Headers.GetValues("Hearth-Fallback"));
    }

    [Fact]
    public async Task Invoke_FallbackIsOverloadedToo_TheFunctionsOwnRefusalIsTold()
    {
        var (large, small) = await ServeAsync(Large());
        await FillAsync(large);
        await FillAsync(small, "small");

        using var answer = await SendAsync("large", "/predict", "body");

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.TooManyRequests, "ERR_OVERLOADED"), (status, code));
        Assert.StartsWith("failed to invoke, id: large,", message, StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Retry-After"));
        Assert.False(answer.Headers.Contains("Hearth-Fallback"));
    }

    [Fact]
    public async Task Invoke_TwoNameEachOther_OneHopAtMost()
    {
        var small = Make.Function("small", concurrency: 1, max: 1);
        small.Spec.Fallback = "large";
        var (large, other) = await ServeAsync(Large(), small);
        await FillAsync(large);
        await FillAsync(other, "small");

        using var answer = await SendAsync("large", "/predict", "body");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Theory]
    [InlineData("nowhere", "/predict")]
    [InlineData("small", "/v2/models/large/versions/1/infer")]
    public async Task Invoke_NobodyCanStandIn_IsRefused(string fallback, string path)
    {
        var function = Large();
        function.Spec.Fallback = fallback;
        var (large, _) = await ServeAsync(function);
        await FillAsync(large);

        using var answer = await SendAsync("large", path, "body");

        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
    }

    [Fact]
    public async Task Invoke_FallbackBreaksOff_ItsFailureIsTold()
    {
        var (large, small) = await ServeAsync(Large());
        await FillAsync(large);
        small.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        using var answer = await SendAsync("large", "/predict", "body");

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.Contains("broke off", message, StringComparison.Ordinal);
        Assert.Equal(1, small.Requests);
    }

    private static InferenceFunction Large()
    {
        var large = Make.Function("large", concurrency: 1, max: 1);
        large.Spec.Fallback = "small";
        return large;
    }

    private async Task<(FakeWorker Large, FakeWorker Small)> ServeAsync(InferenceFunction large, InferenceFunction? small = null)
    {
        var workers = (await _gateway.ServeAsync(large), await _gateway.ServeAsync(small ?? Make.Function("small", concurrency: 1, max: 1)));
        (workers.Item1.Answer, workers.Item2.Answer) = (EchoAsync, EchoAsync);
        return workers;
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        await context.Response.WriteAsync($"{context.Request.Path}{context.Request.QueryString} {await body.ReadToEndAsync()}");
    }

    /// <summary>One request that the worker holds, and one that waits behind it.</summary>
    private async Task<Task<HttpResponseMessage>[]> FillAsync(FakeWorker worker, string function = "large")
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        worker.Answer = async _ =>
        {
            begun.TrySetResult();
            await _held.Task;
        };
        var first = SendAsync(function, "/hold", "");
        await begun.Task.WaitAsync(Patience);
        var second = SendAsync(function, "/hold", "");
        using var patience = new CancellationTokenSource(Patience);
        while (_gateway.Routed(function).ReportLoad().Queued == 0)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        return [first, second];
    }

    private Task<HttpResponseMessage> SendAsync(string function, string path, string body) =>
        _gateway.Http.PostAsync(new Uri($"/functions/{Make.Namespace}/{function}{path}", UriKind.Relative), new StringContent(body));
}
