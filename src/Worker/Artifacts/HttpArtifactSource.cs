using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Hearth.Worker.Artifacts;

/// <summary>Downloads over HTTP.</summary>
/// <remarks>The client's own timeout must be off: a large model may take any time as long as bytes keep coming.</remarks>
internal sealed class HttpArtifactSource(HttpClient client, TimeSpan stallTimeout, TimeProvider time)
{
    private const int ChunkLength = 256 * 1024;

    /// <summary>Sends the request and reads the answer's head.</summary>
    /// <param name="uri">What to get.</param>
    /// <param name="validator">Validator of the version at hand; null to get any.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AssignmentException">The server cannot be reached or refuses.</exception>
    public async Task<HttpArtifact> GetAsync(Uri uri, string? validator, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        HttpArtifact.AddCondition(request.Headers, validator);
        using var patience = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.IsSuccessStatusCode || (response.StatusCode == HttpStatusCode.NotModified && validator is not null))
                return new HttpArtifact(uri, response);
            using (response)
                throw Refused(uri, response.StatusCode);
        }
        catch (HttpRequestException e)
        {
            throw Unreachable(uri, e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Stalled(uri, e);
        }
    }

    /// <summary>Copies the answer's body.</summary>
    /// <exception cref="AssignmentException">The connection broke or stalled, or the body is larger than <paramref name="maxBytes"/>.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task CopyAsync(
        HttpArtifact source, BlobWriter target, long maxBytes, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        var display = ArtifactUri.Display(source.Uri);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkLength);
        try
        {
            using var body = await source.OpenAsync(cancellation);
            progress.Report(new(display, 0, source.Length));
            while (await ReadAsync(source.Uri, body, chunk, cancellation) is var read and > 0)
            {
                target.Write(chunk.AsSpan(0, read));
                if (target.Length > maxBytes)
                {
                    throw AssignmentException.Unavailable(
                        $"'{display}' has more than the {maxBytes} bytes that the cache may hold. Raise artifactCache.sizeLimit of the WorkerPool.", retriable: false);
                }
                progress.Report(new(display, target.Length, source.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static AssignmentException Refused(Uri uri, HttpStatusCode status)
    {
        var what = $"'{ArtifactUri.Display(uri)}' answered {(int)status} {status}";
        return status switch
        {
            HttpStatusCode.NotFound or HttpStatusCode.Gone => AssignmentException.NotFound($"{what}. Check the URI."),
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => AssignmentException.Unavailable(
                $"{what}. Use a URI that needs no credentials, or a signed one.", retriable: false),
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError =>
                AssignmentException.Unavailable($"{what}. It may pass; the assignment can be tried again.", retriable: true),
            _ => AssignmentException.Unavailable($"{what}, where 200 with the artifact was expected.", retriable: false),
        };
    }

    private static AssignmentException Unreachable(Uri uri, HttpRequestException error)
    {
        var what = $"'{ArtifactUri.Display(uri)}' cannot be reached";
        return error switch
        {
            { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData } } =>
                AssignmentException.NotFound($"{what}: the name '{uri.IdnHost}' does not resolve. Check the URI.", error),
            { HttpRequestError: HttpRequestError.NameResolutionError } =>
                AssignmentException.Unavailable($"{what}: the name '{uri.IdnHost}' does not resolve now.", retriable: true, error),
            { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
                AssignmentException.Unavailable($"{what}: {uri.Authority} refuses connections. Check that the server runs and the port is right.", retriable: true, error),
            { HttpRequestError: HttpRequestError.SecureConnectionError } => AssignmentException.Unavailable(
                $"{what}: no secure connection: {error.InnerException?.Message ?? error.Message}", retriable: false, error),
            _ => AssignmentException.Unavailable($"{what}: {error.InnerException?.Message ?? error.Message}", retriable: true, error),
        };
    }

    private AssignmentException Stalled(Uri uri, Exception error) => AssignmentException.Unavailable(
        $"'{ArtifactUri.Display(uri)}' sent nothing for {stallTimeout.TotalSeconds:0} s.", retriable: true, error);

    private async ValueTask<int> ReadAsync(Uri uri, Stream body, byte[] chunk, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            return await body.ReadAsync(chunk, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw Stalled(uri, e);
        }
        catch (IOException e)
        {
            // Caught here, where it can only be the network: from the caller's view a disk's refusal looks the same.
            throw AssignmentException.Unavailable($"'{ArtifactUri.Display(uri)}' broke off: {e.Message}", retriable: true, e);
        }
    }
}
