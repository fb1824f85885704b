using System.Globalization;
using System.Net;
using Hearth.Api.Workers;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Invocation;

/// <summary>What a caller sees when a worker cannot be reached, breaks off, refuses or is busy.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() => _gateway = await InvocationHarness.StartAsync();

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    public async Task Invoke_WorkerCannotBeReached_AnotherAnswers(string method)
    {
        var dead = await _gateway.ServeAsync();
        var alive = await _gateway.AddWorkerAsync();
        await dead.KillAsync();

        for (var i = 0; i < 8; i++)
        {
            using var answer = await SendAsync(method, "body");
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }

        Assert.Equal(8, alive.Requests);
    }

    [Fact]
    public async Task Invoke_NoWorkerCanBeReached_Is502()
    {
        var dead = await _gateway.ServeAsync();
        await dead.KillAsync();

        using var answer = await SendAsync("POST", "body");

        var (status, code, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.StartsWith("failed to invoke, id: fn, err: worker \"worker-1\" cannot be reached", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WorkerDiesDuringAnIdempotentRequest_AnotherAnswers()
    {
        var workers = new[] { await _gateway.ServeAsync(), await _gateway.AddWorkerAsync() };
        var deaths = 0;
        foreach (var worker in workers)
        {
            worker.Answer = context =>
            {
                if (Interlocked.Increment(ref deaths) == 1)
                    context.Abort();
                return context.Response.WriteAsync("alive");
            };
        }

        using var answer = await SendAsync("PUT", "body");

        Assert.Equal("alive", await answer.Content.ReadAsStringAsync());
        Assert.Equal(2, workers.Sum(worker => worker.Requests));
    }

    [Fact]
    public async Task Invoke_WorkerDiesDuringAPost_Is502AndNotRepeated()
    {
        var workers = new[] { await _gateway.ServeAsync(), await _gateway.AddWorkerAsync() };
        foreach (var worker in workers)
        {
            worker.Answer = context =>
            {
                context.Abort();
                return Task.CompletedTask;
            };
        }

        using var answer = await SendAsync("POST", "body");

        var (status, code, _) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.BadGateway, "ERR_DIRECT_INVOKE"), (status, code));
        Assert.Equal(1, workers.Sum(worker => worker.Requests));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(64 * 1024)]
    public async Task Invoke_WorkerRefusesAfterItReadTheBody_BodyIsSentAgain(int size)
    {
        var workers = new[] { await _gateway.ServeAsync(), await _gateway.AddWorkerAsync() };
        var refusals = 0;
        foreach (var worker in workers)
        {
            worker.Answer = async context =>
            {
                using var body = new StreamReader(context.Request.Body);
                var text = await body.ReadToEndAsync();
                if (Interlocked.Increment(ref refusals) == 1)
                    FakeWorker.Refuse(context, RefusalReason.Draining);
                else
                    await context.Response.WriteAsync(text.Length.ToString(CultureInfo.InvariantCulture));
            };
        }

        using var answer = await SendAsync("POST", new string('x', size));

        Assert.Equal(size.ToString(CultureInfo.InvariantCulture), await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Invoke_WorkerRefusesALargeBody_Is502()
    {
        var worker = await _gateway.ServeAsync();
        worker.Answer = async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            FakeWorker.Refuse(context, RefusalReason.AtCapacity);
        };

        using var answer = await SendAsync("POST", new string('x', 200_000));

        var (status, _, message) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.Contains("refused (AtCapacity)", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invoke_WorkerIsFullThroughAnotherGateway_RequestWaitsForIt()
    {
        var worker = await _gateway.ServeAsync();
        var asked = 0;
        worker.Answer = context =>
        {
            if (Interlocked.Increment(ref asked) <= 3)
            {
                FakeWorker.Refuse(context, RefusalReason.AtCapacity);
                return Task.CompletedTask;
            }
            return context.Response.WriteAsync("room");
        };

        using var answer = await SendAsync("POST", "body");

        Assert.Equal("room", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Invoke_HardConcurrency_IsNeverExceededAndNoneIsLost()
    {
        const int concurrency = 2;
        var workers = new[] { await _gateway.ServeAsync(Make.Function(concurrency: concurrency, max: 2)), await _gateway.AddWorkerAsync() };
        var most = new int[workers.Length];
        foreach (var (worker, i) in workers.Select((worker, i) => (worker, i)))
        {
            var running = 0;
            worker.Answer = async context =>
            {
                var now = Interlocked.Increment(ref running);
                lock (most)
                    most[i] = Math.Max(most[i], now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
                await context.Response.WriteAsync("ok");
            };
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => SendAsync("POST", "body")));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(most, value => Assert.InRange(value, 1, concurrency));
    }

    [Fact]
    public async Task Invoke_AnswerTakesLongerThanTheTimeout_Is504AndTheWorkerIsCancelled()
    {
        var worker = await _gateway.ServeAsync(Make.Function(timeout: TimeSpan.FromMilliseconds(200)));
        var cancelled = new TaskCompletionSource();
        worker.Answer = async context =>
        {
            await using var registration = context.RequestAborted.Register(cancelled.SetResult);
            await cancelled.Task;
        };

        using var answer = await SendAsync("GET", null);

        var (status, code, _) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.GatewayTimeout, "ERR_TIMEOUT"), (status, code));
        await cancelled.Task.WaitAsync(Patience);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Invoke_BodyOverTheLimit_Is413(bool chunked)
    {
        await using var gateway = await InvocationHarness.StartAsync(new() { MaxBodyBytes = 1000 });
        var worker = await gateway.ServeAsync();
        worker.Answer = context => context.Request.Body.CopyToAsync(Stream.Null);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1.0/invoke/fn/method/a")
        {
            Content = new ByteArrayContent(new byte[1001]),
            Headers = { TransferEncodingChunked = chunked },
        };

        using var answer = await gateway.Http.SendAsync(request);

        var (status, code, _) = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "ERR_BODY_TOO_LARGE"), (status, code));
    }

    private Task<HttpResponseMessage> SendAsync(string method, string? body) => _gateway.Http.SendAsync(new(new(method), "/v1.0/invoke/fn/method/a")
    {
        Content = body is null ? null : new StringContent(body),
    });
}
