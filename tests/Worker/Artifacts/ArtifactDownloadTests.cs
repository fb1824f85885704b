using System.Security.Cryptography;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Telemetry;
using Hearth.Api.Workers;
using Hearth.Testing;
using Hearth.Worker.Artifacts;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Tests.Artifacts;

/// <summary>Transfers over real sockets, from a web server and from buckets.</summary>
public sealed class ArtifactDownloadTests : IAsyncLifetime
{
    private const string Path = "/bucket/models/a b.onnx";
    private const int Length = 100_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-download-").FullName;
    private readonly WorkerMetrics _metrics = new(nameof(ArtifactDownloadTests));
    private readonly byte[] _content = Content(1);
    private BucketServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await BucketServer.StartAsync();
        _server.Put(Path, _content);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _metrics.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("s3")]
    public async Task Fetch_ConnectionBreaksTwice_GoesOnWhereItStopped(string scheme)
    {
        var breaks = new Queue<int?>([40_000, 20_000]);
        _server.BreakAfter = () => breaks.TryDequeue(out var after) ? after : null;

        using var artifact = await FetchAsync(UriOf(scheme));

        Assert.Equal(_content, await File.ReadAllBytesAsync(artifact.Path));
        Assert.Equal(Digest(_content), System.IO.Path.GetFileName(artifact.Path));
        Assert.Equal(3, _server.Requests.Count);
        Assert.All(_server.Requests.Skip(1), request => Assert.Matches(@"^206 .* bytes=[1-9]\d*-", request));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("s3")]
    public async Task Fetch_ReplacedAfterABreak_StartsAgainAndMixesNothing(string scheme)
    {
        var later = Content(2);
        var breaks = new Queue<int?>([40_000]);
        _server.BreakAfter = () =>
        {
            if (!breaks.TryDequeue(out var after))
                return null;
            _server.Put(Path, later);
            return after;
        };

        using var artifact = await FetchAsync(UriOf(scheme));

        Assert.Equal(later, await File.ReadAllBytesAsync(artifact.Path));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("s3")]
    public async Task Fetch_ReplacedAgainAndAgain_SaysSo(string scheme)
    {
        var versions = 1;
        _server.BreakAfter = () =>
        {
            _server.Put(Path, Content(++versions));
            return 10_000;
        };

        var failure = await FailAsync(UriOf(scheme));

        Assert.True(failure.Message.Contains("changed while it was downloaded", StringComparison.Ordinal), failure.Message);
        Assert.True(failure.Retriable);
        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(_directory, "tmp")));
        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(_directory, "blobs")));
    }

    [Fact]
    public async Task Fetch_BreaksWithoutAnEntityTag_IsNotContinued()
    {
        _server.HasTags = false;
        _server.BreakAfter = () => 10_000;

        var failure = await FailAsync(UriOf("http"));

        Assert.True(failure.Message.Contains("broke off", StringComparison.Ordinal), failure.Message);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task Fetch_BreaksEachTime_IsGivenUp()
    {
        _server.BreakAfter = () => 100;

        var failure = await FailAsync(UriOf("http"));

        Assert.Equal((AssignmentFailureReason.ArtifactUnavailable, true), (failure.Reason, failure.Retriable));
        Assert.True(failure.Message.Contains("broke off", StringComparison.Ordinal), failure.Message);
        Assert.Equal(4, _server.Requests.Count);
    }

    [Theory]
    [InlineData("http")]
    [InlineData("s3")]
    public async Task Fetch_LargeArtifact_ComesInChunksThatBreakAlone(string scheme)
    {
        var breaks = new Queue<int?>([null, 1000]);
        _server.BreakAfter = () =>
        {
            lock (breaks)
                return breaks.TryDequeue(out var after) ? after : null;
        };

        using var artifact = await FetchAsync(UriOf(scheme), Digest(_content), new() { Directory = _directory, ChunkedFrom = Length, ChunkBytes = 30_000, Chunks = 3 });

        Assert.Equal(_content, await File.ReadAllBytesAsync(artifact.Path));
        // The first chunk is the start of the answer that told the length.
        Assert.Superset(new HashSet<string>(["30000-59999", "60000-89999", "90000-99999"]), _server.Requests.Skip(1).Select(r => r.Split('=')[^1]).ToHashSet());
        Assert.Equal(5, _server.Requests.Count);
    }

    [Fact]
    public async Task Fetch_ReplacedBetweenChunks_MixesNothing()
    {
        var later = Content(2);
        _server.BreakAfter = () =>
        {
            _server.Put(Path, later);
            return null;
        };

        using var artifact = await FetchAsync(UriOf("http"), null, new() { Directory = _directory, ChunkedFrom = Length, ChunkBytes = 30_000, Chunks = 1 });

        Assert.Equal(later, await File.ReadAllBytesAsync(artifact.Path));
    }

    [Fact]
    public async Task Fetch_OtherDigestInChunks_NamesBothAndKeepsNothing()
    {
        var options = new ArtifactCacheOptions { Directory = _directory, ChunkedFrom = Length, ChunkBytes = 30_000 };

        var failure = await FailAsync(UriOf("http"), new('a', 64), options);

        Assert.Equal(AssignmentFailureReason.DigestMismatch, failure.Reason);
        Assert.Contains(Digest(_content), failure.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(System.IO.Path.Combine(_directory, "blobs")));
    }

    [Fact]
    public async Task Fetch_BucketAgain_AsksWhetherItChanged()
    {
        (await FetchAsync(UriOf("s3"))).Dispose();

        using var second = await FetchAsync(UriOf("s3"));

        Assert.True(second.CacheHit);
        Assert.Single(_server.Requests, request => request.StartsWith("20", StringComparison.Ordinal));
        Assert.StartsWith("304", _server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Bucket_IsAskedWithTheCredentialsAndRegion()
    {
        var authorization = "";
        _server.Allows = request => (authorization = request.Headers.Authorization.ToString()).Length > 0;

        (await FetchAsync(UriOf("s3"))).Dispose();

        Assert.Matches("^AWS4-HMAC-SHA256 Credential=AKID/[0-9]{8}/eu-test-1/s3/aws4_request", authorization);
    }

    [Theory]
    [InlineData("s3://bucket/missing", 404, AssignmentFailureReason.ArtifactNotFound, "NoSuchKey")]
    [InlineData("s3://bucket/models/a%20b.onnx", 403, AssignmentFailureReason.ArtifactUnavailable, "artifactCache.secretName")]
    public async Task Fetch_BucketRefuses_SaysWhatToDo(string uri, int status, string reason, string expected)
    {
        _server.Allows = _ => status == 404;

        var failure = await FailAsync(new(uri));

        Assert.Equal((reason, false), (failure.Reason, failure.Retriable));
        Assert.Contains($"'{uri}' answered {status}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_RedirectsInACircle_SaysSo()
    {
        _server.Intercept = context =>
        {
            context.Response.Redirect(context.Request.Path);
            return Task.FromResult(true);
        };

        var failure = await FailAsync(UriOf("http"));

        Assert.Contains("answered 302", failure.Message, StringComparison.Ordinal);
        Assert.Contains("circle", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_Always_IsCounted()
    {
        using var exporter = new PrometheusTextExporter(nameof(ArtifactDownloadTests));

        (await FetchAsync(UriOf("s3"))).Dispose();
        (await FetchAsync(UriOf("s3"))).Dispose();
        _server.Put("/bucket/other", Content(3));
        (await FetchAsync(new("s3://bucket/other"), null, new() { Directory = _directory, MaxBytes = Length })).Dispose();

        var text = exporter.Write();
        Assert.Contains("hearth_artifact_cache_misses_total{scheme=\"s3\"} 2", text, StringComparison.Ordinal);
        Assert.Contains("hearth_artifact_cache_hits_total 1", text, StringComparison.Ordinal);
        Assert.Contains("hearth_artifact_cache_evictions_total 1", text, StringComparison.Ordinal);
        Assert.Contains($"hearth_artifact_cache_bytes {Length}", text, StringComparison.Ordinal);
        Assert.Contains("hearth_artifact_fetch_seconds_count{scheme=\"s3\"} 2", text, StringComparison.Ordinal);
    }

    private Uri UriOf(string scheme) => scheme == "s3" ? new("s3://bucket/models/a%20b.onnx") : new(_server.Url, Path);

    private Task<Artifact> FetchAsync(Uri uri, string? digest = null, ArtifactCacheOptions? options = null) =>
        TestCache.Make(options ?? new() { Directory = _directory }, TimeProvider.System, _metrics, s3: _server.Url)
            .FetchAsync(new ModelReference { Uri = uri.AbsoluteUri, Sha256 = digest }, new Progress<FetchProgress>(), CancellationToken.None);

    private async Task<AssignmentFailure> FailAsync(Uri uri, string? digest = null, ArtifactCacheOptions? options = null) =>
        (await Assert.ThrowsAsync<AssignmentException>(() => FetchAsync(uri, digest, options))).Failure;

    private static byte[] Content(int seed)
    {
        var content = new byte[Length];
        new Random(seed).NextBytes(content);
        return content;
    }

    private static string Digest(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
