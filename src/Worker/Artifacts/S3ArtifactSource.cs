using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Hearth.Worker.Artifacts;

/// <summary>Artifacts in buckets: <c>s3://bucket/key</c>.</summary>
/// <param name="connect">Makes the client, when it is first needed.</param>
/// <param name="stallTimeout">Longest wait for an answer's head.</param>
/// <param name="time">The clock.</param>
internal sealed class S3ArtifactSource(Func<IAmazonS3> connect, TimeSpan stallTimeout, TimeProvider time) : IArtifactSource, IDisposable
{
    private const string Access =
        "Allow s3:GetObject on it to the worker's credentials: those of the Secret in artifactCache.secretName of the WorkerPool, else those the pod's service account or node has.";

    private readonly Lazy<IAmazonS3> _client = new(connect);

    /// <inheritdoc/>
    public async Task<ArtifactPart?> OpenAsync(Uri uri, ArtifactRequest request, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(stallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var response = await _client.Value.GetObjectAsync(Describe(uri, request), either.Token);
            return new(uri, response, _ => Task.FromResult(response.ResponseStream))
            {
                Validator = response.ETag is { } tag ? ArtifactRequest.OfTag(tag) : null,
                Offset = request.Offset,
                Length = request.Offset + response.ContentLength,
                CanResume = response.ETag is not null,
                HasRanges = true,
            };
        }
        catch (AmazonServiceException e) when (e.StatusCode == HttpStatusCode.NotModified)
        {
            return new(uri, Stream.Null, _ => Task.FromResult(Stream.Null)) { NotModified = true, Validator = request.Unless };
        }
        catch (AmazonServiceException e) when (request.Version is not null && e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return null;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw SourceFailure.Stalled(uri, stallTimeout, 0, e);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException)
        {
            throw Explain(uri, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_client.IsValueCreated)
            _client.Value.Dispose();
    }

    private static GetObjectRequest Describe(Uri uri, ArtifactRequest request)
    {
        var described = new GetObjectRequest
        {
            BucketName = uri.Host,
            Key = Uri.UnescapeDataString(uri.AbsolutePath[1..]),
            EtagToNotMatch = ArtifactRequest.TagOf(request.Unless),
            EtagToMatch = ArtifactRequest.TagOf(request.Version),
        };
        // Always a range: of a whole object the SDK takes the entity tag for an MD5, which it is not in every store.
        described.ByteRange = request.End is { } end ? new ByteRange(request.Offset, end - 1) : new ByteRange($"bytes={request.Offset}-");
        return described;
    }

    private static AssignmentException Explain(Uri uri, Exception error) => error switch
    {
        AmazonServiceException { StatusCode: not 0 } e => SourceFailure.Refused(uri, e.StatusCode, $"{e.ErrorCode}: {e.Message}", Access, e),
        { InnerException: HttpRequestException inner } => SourceFailure.Unreachable(uri, inner),
        // No credentials were found: there is no answer to wait for.
        AmazonClientException => AssignmentException.Unavailable($"'{ArtifactUri.Display(uri)}' cannot be asked for: {error.Message}. {Access}", retriable: false, error),
        _ => SourceFailure.Unreachable(uri, error),
    };
}
