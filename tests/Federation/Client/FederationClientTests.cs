using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hearth.Federation.Client;
using Hearth.Federation.Protocol;
using Hearth.Testing;

namespace Hearth.Federation.Tests.Client;

/// <summary>The client against answers of every kind, without a socket.</summary>
public sealed class FederationClientTests
{
    private readonly Script _script = new();
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Join_AnsweredLater_IsRepeatedWithGrowingWaits()
    {
        _script.Add(HttpStatusCode.ServiceUnavailable).Add(HttpStatusCode.BadGateway).Break().Add(HttpStatusCode.TooManyRequests)
            .Add(HttpStatusCode.Conflict, $$"""{"errorCode":"{{ErrorCodes.Suspended}}","message":"suspended"}""").Add(HttpStatusCode.OK, """{"id":"a","round":3}""");

        var answer = await RunAsync(Client().JoinAsync(new JoinRequest { Id = "a" }, CancellationToken.None));

        Assert.Equal(new JoinAnswer("a", 3), answer);
        Assert.Equal(6, _script.Requests.Count);
        Assert.All(_script.Requests, request => Assert.Equal("POST http://gateway/federations/default/digits/clients", request));
    }

    [Fact]
    public async Task Task_RefusedForGood_SaysWhatTheServerSaid()
    {
        _script.Add(HttpStatusCode.NotFound, $$"""{"errorCode":"{{ErrorCodes.UnknownClient}}","message":"Client 'a' is unknown."}""");

        var e = await Assert.ThrowsAsync<FederationClientException>(() => Client().GetTaskAsync("a", CancellationToken.None));

        Assert.Equal(ErrorCodes.UnknownClient, e.ErrorCode);
        Assert.Equal("http://gateway/federations/default/digits/task?client=a&wait=30s answered 404: Client 'a' is unknown.", e.Message);
    }

    [Fact]
    public async Task Task_NeverAnswered_EndsWithPatience()
    {
        _script.Always(HttpStatusCode.ServiceUnavailable);

        var e = await Assert.ThrowsAsync<FederationClientException>(() => RunAsync(Client().GetTaskAsync("a", CancellationToken.None)));

        Assert.StartsWith("The federation has not answered for 600 s; the last attempt: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_ThatBreaksOff_GoesOnWhereItStopped()
    {
        var model = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        _script.Serve(model, breakAt: 300).Serve(model, breakAt: 700).Serve(model);

        var content = await RunAsync(Client().DownloadAsync("models/1", Make.Digest(model), CancellationToken.None));

        Assert.Equal(model, content);
        Assert.Equal([null, "bytes=300-", "bytes=700-"], _script.Ranges);
    }

    [Fact]
    public async Task Download_OfOtherBytes_IsRefused()
    {
        _script.Serve([1, 2, 3]);

        var e = await Assert.ThrowsAsync<FederationClientException>(() => Client().DownloadAsync("models/1", new string('a', 64), CancellationToken.None));

        Assert.Contains("but the task names aaaa", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Task_AnsweredInAnotherLanguage_IsRefused()
    {
        _script.Add(HttpStatusCode.OK, "<html>");

        var e = await Assert.ThrowsAsync<FederationClientException>(() => Client().GetTaskAsync("a", CancellationToken.None));

        Assert.Contains("answered what is not of the protocol", e.Message, StringComparison.Ordinal);
    }

    private FederationClient Client() =>
        new(new HttpClient(_script), new Uri("http://gateway/federations/default/digits"), new FederationClientOptions(), new Random(1), _time);

    /// <summary>Lets the clock run while a client waits.</summary>
    private async Task<T> RunAsync<T>(Task<T> task)
    {
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, _time.WaitForTimerAsync(TimeSpan.FromMinutes(1)));
            _time.Advance(TimeSpan.FromMinutes(1));
        }
        return await task;
    }

    private sealed class Script : HttpMessageHandler
    {
        private readonly Queue<Func<HttpRequestMessage, HttpResponseMessage>> _answers = [];
        private Func<HttpRequestMessage, HttpResponseMessage>? _always;

        public List<string> Requests { get; } = [];

        public List<string?> Ranges { get; } = [];

        public Script Add(HttpStatusCode status, string? json = null)
        {
            _answers.Enqueue(_ => Answer(status, json));
            return this;
        }

        public void Always(HttpStatusCode status) => _always = _ => Answer(status, null);

        public Script Break()
        {
            _answers.Enqueue(_ => throw new HttpRequestException("connection refused"));
            return this;
        }

        public Script Serve(byte[] content, int? breakAt = null)
        {
            _answers.Enqueue(request =>
            {
                var start = (int)(request.Headers.Range?.Ranges.Single().From ?? 0);
                var part = content[start..(breakAt ?? content.Length)];
                var response = new HttpResponseMessage(start > 0 ? HttpStatusCode.PartialContent : HttpStatusCode.OK)
                {
                    Content = new StreamContent(breakAt is null ? new MemoryStream(part) : new BreakingStream(part)),
                };
                response.Headers.ETag = new EntityTagHeaderValue("\"tag\"");
                return response;
            });
            return this;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add($"{request.Method} {request.RequestUri}");
            Ranges.Add(request.Headers.Range?.ToString());
            var response = (_always ?? _answers.Dequeue())(request);
            response.RequestMessage = request;
            return Task.FromResult(response);
        }

        private static HttpResponseMessage Answer(HttpStatusCode status, string? json) =>
            new(status) { Content = new StringContent(json ?? "", Encoding.UTF8, "application/json") };
    }

    /// <summary>Ends as a lost connection does.</summary>
    private sealed class BreakingStream(byte[] content) : MemoryStream(content)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer) is var read and > 0 ? read : throw new IOException("connection reset");

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));
    }
}
