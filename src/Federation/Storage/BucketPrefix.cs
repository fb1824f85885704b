using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;

namespace Hearth.Federation.Storage;

/// <summary>A prefix of a bucket: the requests, how long they may take, and what it means when they are refused.</summary>
/// <param name="s3">Client of the endpoint; becomes this object's own.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="prefix">What every key begins with: empty, or with a slash at its end.</param>
/// <param name="time">Times the requests.</param>
internal sealed class BucketPrefix(IAmazonS3 s3, string bucket, string prefix, TimeProvider time) : IDisposable
{
    private const double LeastBytesPerSecond = 1e6;
    private const int DeletesAtOnce = 16;

    // Of objects that no aggregator looks at, so that a crash in the middle of a probe harms nobody.
    private const string Probes = "probes";
    private const string Writer = "x-amz-meta-hearth-put";
    private const string NoTag = "\"00000000000000000000000000000000\"";

    private const string Access =
        "The worker's credentials need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject there; they are those of the Secret in artifactCache.secretName of the "
        + "WorkerPool, else those that the pod's service account or node has.";

    // With the attempts of the SDK.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What messages call it.</summary>
    public string Name { get; } = $"s3://{bucket}/{prefix.TrimEnd('/')}";

    /// <summary>Paths and entity tags of what is there.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ListAsync(CancellationToken cancellation)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await RunAsync("", 0, patience => s3.ListObjectsV2Async(request, patience.Token), cancellation);
            foreach (var entry in page.S3Objects ?? [])
                found[entry.Key[prefix.Length..]] = entry.ETag;
            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
        return found;
    }

    /// <summary>Makes sure that a put is refused when its condition does not hold: all that keeps two aggregators apart.</summary>
    /// <exception cref="OutputException">It is not.</exception>
    public async Task RequireConditionsAsync(CancellationToken cancellation)
    {
        var path = $"{Probes}/{Guid.NewGuid():N}";
        await ProbeAsync(null);
        var isRefused = await IsRefusedAsync(null) && await IsRefusedAsync(NoTag);
        await RunAsync("", 0, patience => s3.DeleteObjectAsync(bucket, prefix + path, patience.Token), cancellation);
        if (!isRefused)
            throw new OutputException(WithoutConditions(Name));

        Task<PutObjectResponse> ProbeAsync(string? tag) => RunAsync("", 0, patience => s3.PutObjectAsync(Describe(path, new MemoryStream([0]), tag), patience.Token), cancellation);

        async Task<bool> IsRefusedAsync(string? tag)
        {
            try
            {
                await ProbeAsync(tag);
                return false;
            }
            catch (IOException e) when (IsRefusal(e))
            {
                return true;
            }
        }
    }

    /// <summary>Writes an object.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="content">Its bytes, which can be read again.</param>
    /// <param name="tag">Entity tag of what it takes the place of; null where there must be nothing.</param>
    /// <returns>Its entity tag.</returns>
    public string Put(string path, Stream content, string? tag)
    {
        var request = Describe(path, content, tag);
        try
        {
            return Run(path, content.Length, patience => s3.PutObjectAsync(request, patience.Token)).ETag;
        }
        catch (IOException e) when (IsRefusal(e))
        {
            // The SDK tries again when an answer is lost, and then it is this put's own object that is in the way.
            var found = Run(path, 0, patience => s3.GetObjectMetadataAsync(bucket, prefix + path, patience.Token));
            if (found.Metadata[Writer] == request.Metadata[Writer])
                return found.ETag;
            throw;
        }
    }

    /// <summary>Reads an object.</summary>
    /// <returns>Its entity tag.</returns>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public string Get(string path, Stream content) => Run(path, 0, async patience =>
    {
        // Always a range: of a whole object the SDK takes the entity tag for an MD5, which it is not in every store.
        var request = new GetObjectRequest { BucketName = bucket, Key = prefix + path, ByteRange = new ByteRange("bytes=0-") };
        using var answer = await s3.GetObjectAsync(request, patience.Token);
        patience.CancelAfter(TimeFor(answer.ContentLength));
        await answer.ResponseStream.CopyToAsync(content, patience.Token);
        return answer.ETag;
    });

    /// <summary>Deletes objects, in no order; nothing happens where there is none.</summary>
    // One by one: not every store understands a list, nor every list's checksum.
    public void Delete(IReadOnlyCollection<string> paths) => Task.Run(() => Parallel.ForEachAsync(
        paths,
        new ParallelOptions { MaxDegreeOfParallelism = DeletesAtOnce },
        async (path, cancellation) => await RunAsync(path, 0, patience => s3.DeleteObjectAsync(bucket, prefix + path, patience.Token), cancellation))).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() => s3.Dispose();

    /// <summary>Whether trying again would be of no use.</summary>
    public static bool IsLasting(IOException refusal) => refusal.InnerException switch
    {
        AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests } => false,
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented or (>= HttpStatusCode.Ambiguous and < HttpStatusCode.InternalServerError) } => true,
        AmazonClientException { InnerException: not HttpRequestException } => true,
        _ => false,
    };

    private static bool IsRefusal(IOException e) => e.InnerException is AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict };

    private static TimeSpan TimeFor(long bytes) => Patience + TimeSpan.FromSeconds(bytes / LeastBytesPerSecond);

    private static string WithoutConditions(string name) =>
        $"'{name}': the store does not keep to the conditions of a put (If-None-Match, If-Match), so aggregators could overwrite each other. Use one that does (AWS S3, MinIO, Ceph, "
        + "R2), or a directory as output.uri.";

    private PutObjectRequest Describe(string path, Stream content, string? tag) => new()
    {
        BucketName = bucket,
        Key = prefix + path,
        InputStream = content,
        AutoCloseStream = false,
        // Signed as a whole, which holds the store to every byte: chunks with signatures of their own are not understood everywhere.
        UseChunkEncoding = false,
        IfMatch = tag,
        IfNoneMatch = tag is null ? "*" : null,
        Metadata = { [Writer] = Guid.NewGuid().ToString("N") },
    };

    // The pool's threads that call here hold no context to come back to.
    private T Run<T>(string path, long bytes, Func<CancellationTokenSource, Task<T>> call) =>
        Task.Run(() => RunAsync(path, bytes, call, CancellationToken.None)).GetAwaiter().GetResult();

    private async Task<T> RunAsync<T>(string path, long bytes, Func<CancellationTokenSource, Task<T>> call, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(TimeFor(bytes), time);
        await using var registration = cancellation.Register(patience.Cancel);
        try
        {
            return await call(patience);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Explain(e, path.Length == 0 ? Name : $"{Name}/{path}");
        }
    }

    private IOException Explain(Exception error, string name) => error switch
    {
        AmazonServiceException { ErrorCode: "NoSuchBucket" } => new IOException($"'{name}': there is no bucket \"{bucket}\". Make it, or choose another output.uri.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.NotFound } => new FileNotFoundException($"There is no '{name}'.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict } =>
            new IOException($"'{name}' was written by another aggregator, which took over. This one stops; nothing is lost.", error),
        AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } => new IOException(WithoutConditions(name), error),
        AmazonServiceException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized } e => new IOException($"'{name}': access denied ({e.ErrorCode}). {Access}", e),
        AmazonServiceException { ErrorCode: "EntityTooLarge" } => new IOException($"'{name}' is larger than an object of one put may be (5 GiB). Use a directory as output.uri.", error),
        OperationCanceledException => new IOException($"'{name}': the store did not answer in time.", error),
        HttpRequestException or { InnerException: HttpRequestException } =>
            new IOException($"'{name}': the store cannot be reached: {(error.InnerException as HttpRequestException ?? error).Message} Check AWS_ENDPOINT_URL of the worker.", error),
        AmazonClientException => new IOException($"'{name}': no credentials were found: {error.Message} {Access}", error),
        _ => new IOException($"'{name}': {error.Message}", error),
    };
}
