using System.Net;
using System.Threading.Channels;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Tests.Client;

/// <summary>An API server that gives prepared answers in order; a request without an answer waits until one is prepared.</summary>
internal sealed class ScriptedServer : HttpMessageHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<RecordedRequest> _requests = Channel.CreateUnbounded<RecordedRequest>();
    private readonly Channel<Func<HttpResponseMessage>> _answers = Channel.CreateUnbounded<Func<HttpResponseMessage>>();

    public ScriptedServer Answer(HttpResponseMessage answer) => Answer(() => answer);

    public ScriptedServer Answer(Func<HttpResponseMessage> answer)
    {
        Assert.True(_answers.Writer.TryWrite(answer));
        return this;
    }

    public ScriptedServer Answer(string json, HttpStatusCode status = HttpStatusCode.OK) =>
        Answer(new HttpResponseMessage(status) { Content = new StringContent(json) });

    public async Task<RecordedRequest> NextRequestAsync() => await _requests.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public KubernetesClient Client(TimeProvider? time = null, ILoggerFactory? logs = null, string? token = null, string? tokenFile = null, string host = "http://cluster.test:6443")
    {
        var configuration = new KubernetesClientConfiguration { Host = host, AccessToken = token, TokenFile = tokenFile };
        time ??= TimeProvider.System;
        return new KubernetesClient(configuration, ApiTransport.Chain(configuration, time, this), time, logs);
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? null : await request.Content.ReadAsStringAsync(cancellationToken);
        var sent = new RecordedRequest(
            request.Method.Method,
            request.RequestUri!.PathAndQuery,
            body,
            request.Content?.Headers.ContentType?.MediaType,
            request.Headers.Authorization?.ToString(),
            string.Join("; ", request.Headers.Where(h => h.Key.StartsWith("Impersonate-", StringComparison.Ordinal)).Select(h => $"{h.Key[12..]} {string.Join(',', h.Value)}")));
        Assert.True(_requests.Writer.TryWrite(sent));
        var answer = await _answers.Reader.ReadAsync(cancellationToken);
        return answer();
    }
}
