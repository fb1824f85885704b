using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Client;

/// <summary>Sends calls; what is no success becomes a <see cref="KubernetesException"/>, what gets no answer an <see cref="HttpRequestException"/>.</summary>
internal sealed class ApiSender(HttpMessageHandler transport, Uri baseUri, TimeProvider time) : IDisposable
{
    private const int LongestQuote = 512;
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(60);

    // Most answers fit in one piece.
    private static readonly StreamPipeReaderOptions BodyOptions = new(bufferSize: 16 << 10);

    // Time limits are set per call on the injected clock.
    private readonly HttpClient _http = new(transport)
    {
        Timeout = Timeout.InfiniteTimeSpan,
        DefaultRequestHeaders = { { "User-Agent", "hearth" }, { "Accept", "application/json, */*" } },
    };

    public Uri BaseUri => baseUri;

    /// <summary>Sends a call and reads the whole answer.</summary>
    public async Task<TResult> SendAsync<TResult>(ApiCall call, Func<ReadOnlySequence<byte>, TResult> read, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(AnswerWithin, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            using var response = await SendAsync(call, either.Token);
            var body = PipeReader.Create(await response.Content.ReadAsStreamAsync(either.Token), BodyOptions);
            try
            {
                return read(await ReadToEndAsync(body, either.Token));
            }
            finally
            {
                await body.CompleteAsync();
            }
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new HttpRequestException($"{Describe(call)} got no answer within {AnswerWithin.TotalSeconds} s.", e);
        }
        catch (JsonException e)
        {
            throw new HttpRequestException($"{Describe(call)} was answered with something else than expected: {e.Message}", e);
        }
    }

    /// <summary>Sends a call and leaves the answer's body to the caller.</summary>
    public async Task<HttpResponseMessage> SendAsync(ApiCall call, CancellationToken cancel)
    {
        using var request = call.ToRequest(baseUri);
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
            throw new KubernetesException(await ReadFailureAsync(call, response, cancel));
    }

    public void Dispose() => _http.Dispose();

    private static async ValueTask<ReadOnlySequence<byte>> ReadToEndAsync(PipeReader body, CancellationToken cancel)
    {
        // Not at once: a reader that is asked for all rents 2 MiB for it.
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            if (read.IsCompleted)
                return read.Buffer;
            body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private async Task<V1Status> ReadFailureAsync(ApiCall call, HttpResponseMessage response, CancellationToken cancel)
    {
        var body = await response.Content.ReadAsStringAsync(cancel);
        var status = ParseStatus(body) ?? new V1Status
        {
            Status = "Failure",
            Reason = response.StatusCode.ToString(),
            Message = $"{Describe(call)} was answered {(int)response.StatusCode} {response.ReasonPhrase}: {Quote(body)}",
        };
        status.Code ??= (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.Forbidden)
            status.Message = $"{status.Message} This RBAC rule would allow it: {call.RbacRule()}";
        return status;
    }

    private static V1Status? ParseStatus(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ApiJsonContext.Default.V1Status) is { Kind: "Status", Status: not null } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string Describe(ApiCall call) => new StringBuilder(call.Method.Method).Append(' ').Append(baseUri.Authority).Append(call.Path).ToString();

    private static string Quote(string body) => body.Length <= LongestQuote ? body : body[..LongestQuote] + "...";
}
