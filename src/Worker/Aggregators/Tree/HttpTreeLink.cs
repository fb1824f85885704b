using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute;
using Hearth.Federation.Tree;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>The way to a federation's other aggregators, over their data ports.</summary>
/// <remarks>Nothing is waited for in vain: each piece of a request or an answer is to come within half a minute, however long the whole takes.</remarks>
internal sealed class HttpTreeLink(string token, TimeProvider time) : ICoordinatorLink, IMemberLink, IDisposable
{
    /// <summary>Most bytes of a model's header, as for safetensors of any kind.</summary>
    public const long MaxLayoutBytes = 128L << 20;

    private const int MaxLineBytes = 64 << 20;
    private const int MaxReasonBytes = 4 << 10;
    private const int BufferLength = 64 << 10;

    // Of a request's body; the slowest network that aggregators are put on.
    private const double SlowestBytesPerSecond = 1 << 20;

    private static readonly TimeSpan ConnectWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StallAfter = TimeSpan.FromSeconds(30);

    private readonly AuthenticationHeaderValue _authorization = new("Bearer", token);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = ConnectWithin,
        // A pod's address may be given to another pod later.
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10),
    });

    /// <inheritdoc/>
    public Task<OfferAnswer> OfferAsync(LeafPlace place, UpdateOffer offer, CancellationToken cancellation) => SendAsync(
        Make(HttpMethod.Post, place.Address, place.AssignmentId, TreeRoutes.Updates(offer.Round), offer, TreeJsonContext.Default.UpdateOffer),
        answer => answer.ReadLineAsync(TreeJsonContext.Default.OfferAnswer),
        cancellation);

    /// <inheritdoc/>
    public Task<(byte[] Header, long DataLength)> GetLayoutAsync(LeafPlace place, CancellationToken cancellation) => SendAsync(
        Make(HttpMethod.Get, place.Address, place.AssignmentId, TreeRoutes.Layout), answer => answer.ReadLayoutAsync(), cancellation);

    /// <inheritdoc/>
    public Task PlaceAsync(PlannedAggregator member, LeafPlace place, CancellationToken cancellation) => SendAsync(
        Make(HttpMethod.Put, member.Address, member.AssignmentId, TreeRoutes.Place, place, TreeJsonContext.Default.LeafPlace), Nothing, cancellation);

    /// <inheritdoc/>
    public Task<SumAnswer> FinishAsync(string address, string assignmentId, SumRequest request, CancellationToken cancellation) => SendAsync(
        Make(HttpMethod.Post, address, assignmentId, TreeRoutes.Sums(request.Round) + TreeRoutes.AsObject, request, TreeJsonContext.Default.SumRequest),
        answer => answer.ReadLineAsync(TreeJsonContext.Default.SumAnswer),
        cancellation);

    /// <inheritdoc/>
    public Task<SumAnswer> SumAsync(PlannedAggregator member, SumRequest request, Action<HostBuffer, long> add, CancellationToken cancellation) => SendAsync(
        Make(HttpMethod.Post, member.Address, member.AssignmentId, TreeRoutes.Sums(request.Round), request, TreeJsonContext.Default.SumRequest),
        answer => answer.ReadSumsAsync(add),
        cancellation);

    /// <inheritdoc/>
    public Task EndAsync(PlannedAggregator member, int round, CancellationToken cancellation) =>
        SendAsync(Make(HttpMethod.Delete, member.Address, member.AssignmentId, TreeRoutes.Round(round)), Nothing, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static Task<bool> Nothing(Answer answer) => Task.FromResult(true);

    private HttpRequestMessage Make<T>(HttpMethod method, string address, string assignmentId, string path, T body, JsonTypeInfo<T> type)
    {
        var request = Make(method, address, assignmentId, path);
        request.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type));
        request.Content.Headers.ContentType = new("application/json");
        return request;
    }

    private HttpRequestMessage Make(HttpMethod method, string address, string assignmentId, string path)
    {
        var request = new HttpRequestMessage(method, $"http://{address}{path}");
        request.Headers.Authorization = _authorization;
        request.Headers.Add(HearthHeaders.Assignment, assignmentId);
        return request;
    }

    /// <summary>Sends a request and reads its answer; whatever goes wrong on the way is an <see cref="IOException"/>.</summary>
    private async Task<T> SendAsync<T>(HttpRequestMessage request, Func<Answer, Task<T>> read, CancellationToken cancellation)
    {
        var sending = TimeSpan.FromSeconds((request.Content?.Headers.ContentLength ?? 0) / SlowestBytesPerSecond);
        using var late = new CancellationTokenSource(ConnectWithin + sending + StallAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        var what = $"{request.Method} \"{request.RequestUri}\"";
        try
        {
            using (request)
            using (var response = await _http.SendAsync(request, either.Token))
            await using (var content = new BufferedStream(await response.Content.ReadAsStreamAsync(either.Token), BufferLength))
            {
                var answer = new Answer(response, content, late, either.Token);
                return response.IsSuccessStatusCode ? await read(answer) : throw new IOException($"{what} answered {(int)response.StatusCode}: {await answer.ReadReasonAsync()}");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{what} was not answered: nothing came for {StallAfter.TotalSeconds:0} s.");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            throw new IOException($"{what} failed: {e.Message}", e);
        }
    }

    /// <summary>An answer that comes piece by piece, each in time.</summary>
    private sealed record Answer(HttpResponseMessage Response, Stream Content, CancellationTokenSource Late, CancellationToken Cancellation)
    {
        /// <summary>The first line that is not empty; empty ones say that it is being worked out.</summary>
        public async Task<T> ReadLineAsync<T>(JsonTypeInfo<T> type)
            where T : class
        {
            var line = new MemoryStream();
            var one = new byte[1];
            while (true)
            {
                if (line.Length % BufferLength == 0)
                    Late.CancelAfter(StallAfter);
                if (await Content.ReadAsync(one, Cancellation) == 0 || (one[0] == '\n' && line.Length > 0))
                    break;
                if (one[0] == '\n')
                    continue;
                line.WriteByte(one[0]);
                if (line.Length > MaxLineBytes)
                    throw new IOException($"The answer's first line has more than {MaxLineBytes} bytes.");
            }
            return JsonSerializer.Deserialize(line.GetBuffer().AsSpan(0, (int)line.Length), type) ?? throw new JsonException("The answer is null.");
        }

        public async Task<(byte[] Header, long DataLength)> ReadLayoutAsync()
        {
            var text = Response.Headers.TryGetValues(TreeRoutes.DataLength, out var values) ? string.Concat(values) : "";
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var dataLength))
                throw new IOException($"{TreeRoutes.DataLength} is \"{text}\", a number of bytes was expected.");
            if (Response.Content.Headers.ContentLength is not { } length || length is < sizeof(long) or > MaxLayoutBytes)
                throw new IOException($"A model's header of {Response.Content.Headers.ContentLength} bytes was answered, {sizeof(long)} to {MaxLayoutBytes} were expected.");
            var header = new byte[length];
            for (var read = 0; read < header.Length; read += BufferLength)
            {
                Late.CancelAfter(StallAfter);
                await Content.ReadExactlyAsync(header.AsMemory(read, Math.Min(BufferLength, header.Length - read)), Cancellation);
            }
            return (header, dataLength);
        }

        public async Task<SumAnswer> ReadSumsAsync(Action<HostBuffer, long> add)
        {
            var answer = await ReadLineAsync(TreeJsonContext.Default.SumAnswer);
            if (answer.Missing.Count > 0)
                return answer;
            Late.CancelAfter(StallAfter);
            var count = new byte[sizeof(long)];
            await Content.ReadExactlyAsync(count, Cancellation);
            await SumStream.ReadAsync(Content, BinaryPrimitives.ReadInt64LittleEndian(count), Add, Cancellation);
            return answer;

            void Add(HostBuffer piece, long at)
            {
                Late.CancelAfter(StallAfter);
                add(piece, at);
            }
        }

        public async Task<string> ReadReasonAsync()
        {
            var reason = new byte[MaxReasonBytes];
            return System.Text.Encoding.UTF8.GetString(reason, 0, await Content.ReadAtLeastAsync(reason, reason.Length, throwOnEndOfStream: false, Cancellation));
        }
    }
}
