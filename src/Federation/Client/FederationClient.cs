using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Client;

/// <summary>The client's side of the protocol, request by request. Each is repeated until it is answered for good.</summary>
/// <param name="http">Sends; its timeout must be longer than a wait for a task.</param>
/// <param name="federation">URL of the federation, <c>http://HOST:PORT/federations/NAMESPACE/NAME</c>, or of its aggregator.</param>
/// <param name="options">How patient it is.</param>
/// <param name="random">Spreads repetitions out.</param>
/// <param name="time">Times them.</param>
public sealed class FederationClient(HttpClient http, Uri federation, FederationClientOptions options, Random random, TimeProvider time)
{
    private const int BufferLength = 128 << 10;

    private readonly Uri _base = new($"{federation.AbsoluteUri.TrimEnd('/')}/");
    private readonly RetryingSender _sender = new(http, options, random, time);

    /// <summary>Joins.</summary>
    /// <exception cref="FederationClientException">Refused.</exception>
    public Task<JoinAnswer> JoinAsync(JoinRequest request, CancellationToken cancellation) => _sender.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Post, new Uri(_base, "clients")) { Content = JsonContent.Create(request, ProtocolJsonContext.Default.JoinRequest) },
        (response, cancel) => ReadAsync(response, ProtocolJsonContext.Default.JoinAnswer, cancel),
        cancellation);

    /// <summary>Asks for something to do; null where there is nothing yet.</summary>
    /// <exception cref="FederationClientException">Refused; with <see cref="ErrorCodes.UnknownClient"/> the client joins again.</exception>
    public Task<ClientTask?> GetTaskAsync(string client, CancellationToken cancellation) => _sender.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Get, new Uri(_base, $"task?client={client}&wait={KubernetesDurationConverter.Format(options.TaskWait)}")),
        async (response, cancel) => response.StatusCode == HttpStatusCode.NoContent ? null : await ReadAsync(response, ProtocolJsonContext.Default.ClientTask, cancel),
        cancellation);

    /// <summary>Downloads a file of a model, going on where a connection broke off.</summary>
    /// <param name="url">Where it is, from the task.</param>
    /// <param name="digest">Its SHA-256, where the task names it.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FederationClientException">Refused, or the bytes are others than the digest names.</exception>
    public async Task<byte[]> DownloadAsync(string url, string? digest, CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        EntityTagHeaderValue? tag = null;
        await _sender.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_base, url));
                if (content.Length == 0 || tag is null)
                    return request;
                request.Headers.Range = new RangeHeaderValue(content.Length, null);
                request.Headers.IfRange = new RangeConditionHeaderValue(tag);
                return request;
            },
            async (response, cancel) =>
            {
                if (response.StatusCode != HttpStatusCode.PartialContent)
                    content.SetLength(0);
                tag = response.Headers.ETag;
                await (await response.Content.ReadAsStreamAsync(cancel)).CopyToAsync(content, BufferLength, cancel);
                return true;
            },
            cancellation);
        var bytes = content.ToArray();
        var actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return digest is null || actual == digest
            ? bytes
            : throw new FederationClientException($"{new Uri(_base, url)} has SHA-256 {actual}, but the task names {digest}.");
    }

    /// <summary>Uploads an update; once this returns, the federation has it for good.</summary>
    /// <exception cref="FederationClientException">Refused; with <see cref="ErrorCodes.RoundClosed"/> it came too late.</exception>
    public Task UploadAsync(string url, ReadOnlyMemory<byte> update, long examples, CancellationToken cancellation)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(update.Span));
        return _sender.SendAsync(
            () =>
            {
                var content = new ReadOnlyMemoryContent(update);
                content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                content.Headers.Add(FederationHeaders.ContentDigest, ContentDigest.Format(digest));
                var request = new HttpRequestMessage(HttpMethod.Put, new Uri(_base, url)) { Content = content };
                request.Headers.Add(FederationHeaders.Examples, examples.ToString(CultureInfo.InvariantCulture));
                return request;
            },
            (_, _) => Task.FromResult(true),
            cancellation);
    }

    /// <summary>Asks what a round took of a client.</summary>
    /// <exception cref="FederationClientException">Refused.</exception>
    public Task<RoundReport> GetRoundAsync(int round, string client, CancellationToken cancellation) => _sender.SendAsync(
        () => new HttpRequestMessage(HttpMethod.Get, new Uri(_base, string.Create(CultureInfo.InvariantCulture, $"rounds/{round}?client={client}"))),
        (response, cancel) => ReadAsync(response, ProtocolJsonContext.Default.RoundReport, cancel),
        cancellation);

    /// <summary>Waits as long as before a request's first repetition.</summary>
    internal Task PauseAsync(CancellationToken cancellation) => Task.Delay(options.FirstBackOff, time, cancellation);

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellation)
        where T : class
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(type, cancellation) is { } answer)
                return answer;
        }
        catch (System.Text.Json.JsonException e)
        {
            throw new FederationClientException($"{response.RequestMessage?.RequestUri} answered what is not of the protocol: {e.Message}", "", e);
        }
        throw new FederationClientException($"{response.RequestMessage?.RequestUri} answered null.");
    }
}
