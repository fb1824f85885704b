using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Tests.Artifacts;

/// <summary>Caches for tests.</summary>
internal static class TestCache
{
    /// <summary>A cache whose HTTP goes through <paramref name="handler"/> and whose buckets are at <paramref name="s3"/>, asked as <c>AKID</c>.</summary>
    public static ArtifactCache Make(ArtifactCacheOptions options, TimeProvider time, WorkerMetrics metrics, HttpMessageHandler? handler = null, Uri? s3 = null)
    {
        var client = new HttpClient(handler ?? new SocketsHttpHandler()) { Timeout = Timeout.InfiniteTimeSpan };
        var variables = new Dictionary<string, string?>
        {
            ["AWS_ENDPOINT_URL"] = s3?.AbsoluteUri,
            ["AWS_REGION"] = "eu-test-1",
            ["AWS_ACCESS_KEY_ID"] = "AKID",
            ["AWS_SECRET_ACCESS_KEY"] = "secret",
        };
        var buckets = new S3ArtifactSource(() => S3Clients.Create(name => variables.GetValueOrDefault(name)), options.StallTimeout, time);
        return new(options, new HttpArtifactSource(client, options.StallTimeout, time), buckets, metrics, time);
    }
}
