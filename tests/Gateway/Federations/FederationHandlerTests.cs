using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Testing;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Tests.Federations;

/// <summary>The routes of federations over HTTP, with aggregators that answer what the test says.</summary>
public sealed class FederationHandlerTests : IAsyncLifetime
{
    private const string TaskUrl = "/federations/default/fa/task?client=a&wait=30s";
    private const string UpdateUrl = "/federations/default/fa/rounds/1/updates/a";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private InvocationHarness _gateway = null!;

    public async Task InitializeAsync() =>
        _gateway = await InvocationHarness.StartAsync(new() { MaxUpdateBytes = 8 * 1024 * 1024, ReplayBytes = 1024 }, _time);

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Fact]
    public async Task Handle_AggregatorIsThere_GetsPathQueryAndAssignment()
    {
        var aggregator = await ServeAsync();
        string? seen = null;
        aggregator.Answer = context =>
        {
            seen = $"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers["Hearth-Assignment"]} {context.Request.Headers["dapr-callee-app-id"]}";
            context.Response.Headers.ETag = "\"abc\"";
            return context.Response.WriteAsync("{}");
        };

        using var answer = await _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, "\"abc\""), (answer.StatusCode, answer.Headers.ETag!.Tag));
        Assert.Equal($"/task?client=a&wait=30s {InvocationHarness.Assignment} ", seen);
    }

    [Fact]
    public async Task Handle_Range_PassesBothWays()
    {
        var aggregator = await ServeAsync();
        aggregator.Answer = context =>
        {
            Assert.Equal("bytes=2-4", context.Request.Headers.Range);
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = "bytes 2-4/10";
            return context.Response.WriteAsync("cde");
        };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/federations/default/fa/models/1") { Headers = { Range = new(2, 4) } };

        using var answer = await _gateway.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.PartialContent, "bytes 2-4/10", "cde"),
            (answer.StatusCode, answer.Content.Headers.ContentRange!.ToString(), await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Handle_LargeUpdate_IsStreamedAsItComes()
    {
        var aggregator = await ServeAsync();
        var first = new TaskCompletionSource();
        aggregator.Answer = async context =>
        {
            var buffer = new byte[1];
            Assert.Equal(1, await context.Request.Body.ReadAsync(buffer));
            first.SetResult();
            var rest = await CountAsync(context.Request.Body);
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            await context.Response.WriteAsync($"{rest + 1}");
        };
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());

        var sending = _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), content);
        await pipe.Writer.WriteAsync(new byte[64 * 1024]);
        await first.Task.WaitAsync(Patience);
        await pipe.Writer.WriteAsync(new byte[4 * 1024 * 1024]);
        await pipe.Writer.CompleteAsync();

        using var answer = await sending;
        Assert.Equal((HttpStatusCode.Accepted, $"{(64 * 1024) + (4 * 1024 * 1024)}"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Handle_BodyOverTheLimit_Is413BeforeItIsSent()
    {
        var aggregator = await ServeAsync();

        using var answer = await _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), new ByteArrayContent(new byte[(8 * 1024 * 1024) + 1]));

        await AssertErrorAsync(answer, HttpStatusCode.RequestEntityTooLarge, "ERR_BODY_TOO_LARGE", "over the limit of 8388608");
        Assert.Equal(0, aggregator.Requests);
    }

    [Fact]
    public async Task Handle_ChunkedBodyOverTheLimit_Is413()
    {
        var aggregator = await ServeAsync();
        aggregator.Answer = async context => await CountAsync(context.Request.Body);
        using var request = new HttpRequestMessage(HttpMethod.Put, UpdateUrl)
        {
            Content = new ByteArrayContent(new byte[(8 * 1024 * 1024) + 1]),
            Headers = { TransferEncodingChunked = true, ExpectContinue = true },
        };

        using var answer = await _gateway.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_AggregatorsOwnRefusal_GoesThrough()
    {
        var aggregator = await ServeAsync();
        aggregator.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            return context.Response.WriteAsync("""{"errorCode":"ERR_UPDATE_INVALID"}""");
        };

        using var answer = await _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), new StringContent("x"));

        Assert.Equal((HttpStatusCode.UnprocessableEntity, """{"errorCode":"ERR_UPDATE_INVALID"}"""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Handle_UnknownFederation_Is404AfterAMoment()
    {
        var asking = _gateway.Http.GetAsync(new Uri("/federations/default/nobody/task", UriKind.Relative));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(2));

        using var answer = await asking;

        await AssertErrorAsync(answer, HttpStatusCode.NotFound, "ERR_FEDERATION_NOT_FOUND", "couldn't find federation \"default/nobody\": create a FederatedAggregation");
    }

    [Fact]
    public async Task Handle_FederationMadeMeanwhile_IsServed()
    {
        var asking = _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        await ServeAsync();

        using var answer = await asking;

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_Suspended_Is409()
    {
        _gateway.Federations.Set(new MakeFederation().Stored().Suspend().Build());

        using var answer = await _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));

        await AssertErrorAsync(answer, HttpStatusCode.Conflict, "ERR_FEDERATION_SUSPENDED", "set spec.suspend to false");
    }

    [Fact]
    public async Task Handle_Finished_TellsTheTaskFromTheStatusAndTheRestWhereTheModelsLie()
    {
        _gateway.Federations.Set(WithCondition(ConditionStatus.True, FederatedAggregationConditions.Completed, "done"));

        using var task = await _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));
        using var join = await _gateway.Http.PostAsync(new Uri("/federations/default/fa/clients", UriKind.Relative), new StringContent("{}"));

        var json = JsonNode.Parse(await task.Content.ReadAsStringAsync())!;
        Assert.Equal(("Finished", 10, "abc"), ((string)json["state"]!, (int)json["modelVersion"]!, (string)json["modelDigest"]!));
        await AssertErrorAsync(join, HttpStatusCode.Gone, "ERR_FEDERATION_FINISHED", "its models lie under file:///federations/fa");
    }

    [Fact]
    public async Task Handle_FinishedButTheAggregatorIsStillThere_AsksIt()
    {
        var federation = WithCondition(ConditionStatus.True, FederatedAggregationConditions.Completed, "done");
        _gateway.Federations.Set(federation);
        var aggregator = await _gateway.AddAggregatorAsync(federation);

        using var answer = await _gateway.Http.GetAsync(new Uri("/federations/default/fa/rounds/10", UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, aggregator.Requests));
    }

    [Fact]
    public async Task Handle_FailedForGood_SaysWhyAtOnce()
    {
        _gateway.Federations.Set(WithCondition(ConditionStatus.False, "OutputOfAnother", "the directory is taken"));

        using var answer = await _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));

        await AssertErrorAsync(answer, HttpStatusCode.ServiceUnavailable, "ERR_FEDERATION_FAILED", "(OutputOfAnother): the directory is taken");
        Assert.Equal(TimeSpan.FromSeconds(30), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Handle_NoAggregatorInTime_Is503WithWhatTheStatusSays()
    {
        var federation = new MakeFederation().Stored().Build();
        federation.Status = new() { Conditions = [new() { Type = FederatedAggregationConditions.AggregatorReady, Status = "False", Reason = "PoolNotFound", Message = "no pool" }] };
        _gateway.Federations.Set(federation);

        var asking = _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));

        using var answer = await asking;
        await AssertErrorAsync(answer, HttpStatusCode.ServiceUnavailable, "ERR_FEDERATION_UNAVAILABLE", "has no aggregator after 10 s (PoolNotFound: no pool): try again");
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter!.Delta);
    }

    [Fact]
    public async Task Handle_AggregatorComesWhileItWaits_IsServed()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var asking = _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), new ByteArrayContent(new byte[100_000]));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        var aggregator = await _gateway.AddAggregatorAsync(federation);
        aggregator.Answer = async context => await context.Response.WriteAsync($"{await CountAsync(context.Request.Body)}");

        using var answer = await asking;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_SuspendedWhileItWaits_Is409()
    {
        _gateway.Federations.Set(new MakeFederation().Stored().Build());
        var asking = _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        _gateway.Federations.Set(new MakeFederation().Stored().Suspend().Build());

        using var answer = await asking;
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_DeletedWhileItWaits_Is404()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var asking = _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        _gateway.Federations.Remove(federation);

        using var answer = await asking;
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_WorkerOfAFederationOfTheSameNameBefore_IsNotAsked()
    {
        var before = new MakeFederation().Stored("old-uid").Build();
        var old = await _gateway.AddAggregatorAsync(before, "old");
        var federation = new MakeFederation().Stored("new-uid").Build();
        _gateway.Federations.Set(federation);
        var aggregator = await _gateway.AddAggregatorAsync(federation, "new");

        using var answer = await _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative));

        Assert.Equal((HttpStatusCode.OK, 0, 1), (answer.StatusCode, old.Requests, aggregator.Requests));
    }

    [Theory]
    [InlineData(RefusalReason.NotAssigned)]
    [InlineData(RefusalReason.Draining)]
    public async Task Handle_AggregatorRefuses_GivesALargeBodyToTheNext(RefusalReason reason)
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var first = await _gateway.AddAggregatorAsync(federation, "first");
        first.Answer = context =>
        {
            FakeWorker.Refuse(context, reason);
            return Task.CompletedTask;
        };
        var asking = _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), new ByteArrayContent(new byte[1_000_000]));
        await _time.WaitForTimerAsync(TimeSpan.FromSeconds(10));

        var second = await ReplaceAsync(federation, first, "first", "second");
        second.Answer = async context => await context.Response.WriteAsync($"{await CountAsync(context.Request.Body)}");

        using var answer = await asking;
        Assert.Equal((HttpStatusCode.OK, "1000000"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Handle_AggregatorKilledWhileAClientPolls_TheNextAnswers()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var first = await _gateway.AddAggregatorAsync(federation, "first");
        var polling = await HangAsync(first, () => _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative)));

        await first.KillAsync();
        await ReplaceAsync(federation, first, "first", "second");
        using var answer = await AdvanceUntilAsync(polling);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Handle_AggregatorHangsAndIsReplaced_TheNextAnswers()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var first = await _gateway.AddAggregatorAsync(federation, "first");
        var polling = await HangAsync(first, () => _gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative)));

        var second = await ReplaceAsync(federation, first, "first", "second");
        using var answer = await polling;

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, second.Requests));
    }

    [Fact]
    public async Task Handle_AggregatorKilledWithinALargeUpdate_Is503()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var aggregator = await _gateway.AddAggregatorAsync(federation);
        var read = new TaskCompletionSource();
        aggregator.Answer = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[50_000]);
            read.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var pipe = new Pipe();
        using var content = new StreamContent(pipe.Reader.AsStream());
        var sending = _gateway.Http.PutAsync(new Uri(UpdateUrl, UriKind.Relative), content);
        await pipe.Writer.WriteAsync(new byte[100_000]);
        await read.Task.WaitAsync(Patience);

        await aggregator.KillAsync();
        await pipe.Writer.WriteAsync(new byte[100_000]);
        await pipe.Writer.CompleteAsync();

        using var answer = await sending.WaitAsync(Patience);
        await AssertErrorAsync(answer, HttpStatusCode.ServiceUnavailable, "ERR_FEDERATION_UNAVAILABLE", "send it again");
    }

    [Fact]
    public async Task Handle_ClientGoesWithinAnUpdate_TheAggregatorSeesIt()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var aggregator = await _gateway.AddAggregatorAsync(federation);
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource<bool>());
        aggregator.Answer = async context =>
        {
            await context.Request.Body.ReadExactlyAsync(new byte[1000]);
            begun.SetResult();
            try
            {
                await CountAsync(context.Request.Body);
                ended.SetResult(true);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                ended.SetResult(false);
            }
        };
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_gateway.Url.Host, _gateway.Url.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"PUT {UpdateUrl} HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"));
        await socket.SendAsync(new byte[2000]);
        await begun.Task.WaitAsync(Patience);

        socket.Close();

        Assert.False(await ended.Task.WaitAsync(Patience));
    }

    [Fact]
    public async Task Handle_EveryAggregatorDiesOfARequest_GivesUpAfterThree()
    {
        var federation = new MakeFederation().Stored().Build();
        _gateway.Federations.Set(federation);
        var aggregator = await _gateway.AddAggregatorAsync(federation);
        aggregator.Answer = context =>
        {
            context.Abort();
            return Task.CompletedTask;
        };

        using var answer = await AdvanceUntilAsync(_gateway.Http.GetAsync(new Uri(TaskUrl, UriKind.Relative)));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, 3), (answer.StatusCode, aggregator.Requests));
    }

    [Fact]
    public async Task Handle_DaprAppIdNamesAFunction_GoesToTheFunction()
    {
        var worker = await _gateway.ServeAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, TaskUrl) { Headers = { { "dapr-app-id", "fn" } } };

        using var answer = await _gateway.Http.SendAsync(request);

        Assert.Equal((HttpStatusCode.OK, 1), (answer.StatusCode, worker.Requests));
    }

    private async Task<FakeWorker> ServeAsync()
    {
        var federation = new MakeFederation().Stored().Build();
        var aggregator = await _gateway.AddAggregatorAsync(federation);
        _gateway.Federations.Set(federation);
        return aggregator;
    }

    /// <summary>The operator gives the first worker back and assigns another.</summary>
    private async Task<FakeWorker> ReplaceAsync(FederatedAggregation federation, FakeWorker first, string before, string after)
    {
        _gateway.Pods.Set(InvocationHarness.MakeAggregator(first, federation, before, WorkerState.Draining));
        return await _gateway.AddAggregatorAsync(federation, after);
    }

    /// <summary>Sends a request and returns when the aggregator has it; it is never answered.</summary>
    private static async Task<Task<HttpResponseMessage>> HangAsync(FakeWorker aggregator, Func<Task<HttpResponseMessage>> send)
    {
        var begun = new TaskCompletionSource();
        aggregator.Answer = async context =>
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        };
        var sending = send();
        await begun.Task.WaitAsync(Patience);
        return sending;
    }

    /// <summary>Lets the gateway's pauses pass until it has answered.</summary>
    /// <summary>Lets the gateway's pauses pass, and only them: time a busy machine takes must not reach a request's deadline.</summary>
    private async Task<HttpResponseMessage> AdvanceUntilAsync(Task<HttpResponseMessage> asking)
    {
        var pause = TimeSpan.FromSeconds(1);
        while (await Task.WhenAny(asking, _time.WaitForTimerAsync(pause)) is var first && first != asking)
        {
            await first;
            _time.Advance(pause);
        }
        return await asking;
    }

    private static FederatedAggregation WithCondition(string status, string reason, string message)
    {
        var federation = new MakeFederation().Stored().Build();
        federation.Status = new()
        {
            Model = new() { Version = 10, Digest = "abc", Uri = "file:///federations/fa/model.json" },
            Conditions = [new() { Type = FederatedAggregationConditions.Succeeded, Status = status, Reason = reason, Message = message, ObservedGeneration = 1 }],
        };
        return federation;
    }

    private static async Task<long> CountAsync(Stream body)
    {
        var buffer = new byte[64 * 1024];
        long count = 0;
        while (await body.ReadAsync(buffer) is > 0 and var read)
            count += read;
        return count;
    }

    private static async Task AssertErrorAsync(HttpResponseMessage answer, HttpStatusCode status, string code, string message)
    {
        var error = await GatewayClient.ReadErrorAsync(answer);
        Assert.Equal((status, code), (error.Status, error.Code));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
