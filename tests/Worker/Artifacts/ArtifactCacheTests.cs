using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Testing;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Tests.Artifacts;

public sealed class ArtifactCacheTests : IDisposable
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("the artifact");
    private static readonly string Digest = Convert.ToHexStringLower(SHA256.HashData(Content));

    private readonly string _directory = Directory.CreateTempSubdirectory("hearth-cache-").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly StubServer _server = new();
    private readonly WorkerMetrics _metrics = new(nameof(ArtifactCacheTests));

    public void Dispose()
    {
        _metrics.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Fetch_HttpWithDigest_DownloadsOnceAndThenNeedsNoNetwork()
    {
        _server.Answer = _ => Ok(Content);

        using (var first = await FetchAsync("http://models/m.onnx", Digest))
            Assert.False(first.CacheHit);
        _server.Answer = _ => throw new HttpRequestException("The network is down.");
        using var second = await FetchAsync("http://elsewhere/m.onnx", Digest.ToUpperInvariant());

        Assert.True(second.CacheHit);
        Assert.Equal(Content, await File.ReadAllBytesAsync(second.Path));
    }

    [Fact]
    public async Task Fetch_OtherBytesThanDeclared_NamesBothDigestsAndKeepsNothing()
    {
        _server.Answer = _ => Ok(Encoding.UTF8.GetBytes("something else"));

        var failure = await FailAsync("http://models/m.onnx?token=secret", Digest);

        Assert.Equal(AssignmentFailureReason.DigestMismatch, failure.Reason);
        Assert.Contains(Digest, failure.Message, StringComparison.Ordinal);
        Assert.Contains("'http://models/m.onnx'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Files("blobs"));
        Assert.Empty(Files("tmp"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_HttpWithoutDigest_AsksWhetherItChanged(bool byTag)
    {
        _server.Answer = _ => Validated(Ok(Content), byTag);
        (await FetchAsync("http://models/m.onnx")).Dispose();

        _server.Answer = request => (byTag ? request.Headers.IfNoneMatch.Count > 0 : request.Headers.IfModifiedSince is not null)
            ? new HttpResponseMessage(HttpStatusCode.NotModified)
            : throw new InvalidOperationException("The request was not conditional.");
        using (var unchanged = await FetchAsync("http://models/m.onnx"))
            Assert.True(unchanged.CacheHit);

        var changed = Encoding.UTF8.GetBytes("a later artifact");
        _server.Answer = _ => Validated(Ok(changed), byTag);
        using var replaced = await FetchAsync("http://models/m.onnx");
        Assert.False(replaced.CacheHit);
        Assert.Equal(changed, await File.ReadAllBytesAsync(replaced.Path));
    }

    [Fact]
    public async Task Report_Cache_NamesWhatWasUsedLastFirstByDigestAndByUri()
    {
        var other = Encoding.UTF8.GetBytes("another artifact");
        _server.Answer = _ => Validated(Ok(other), byTag: true);
        (await FetchAsync("http://models/other.onnx")).Dispose();
        _time.Advance(TimeSpan.FromMinutes(1));
        _server.Answer = _ => Ok(Content);
        (await FetchAsync("http://models/m.onnx", Digest)).Dispose();

        var report = Cache().Report();

        Assert.Equal(_time.GetUtcNow().ToUnixTimeMilliseconds(), report.Time);
        Assert.Equal(
            [
                ArtifactKey.Of(new() { Uri = "http://elsewhere/m.onnx", Sha256 = Digest.ToUpperInvariant() })!,
                ArtifactKey.OfDigest(Convert.ToHexStringLower(SHA256.HashData(other))),
                ArtifactKey.Of(new() { Uri = "http://models/other.onnx" })!,
            ],
            report.Keys);
    }

    [Fact]
    public async Task Report_ManyArtifacts_IsBounded()
    {
        for (var i = 0; i < ArtifactReport.MaxKeys + 2; i++)
        {
            var content = Encoding.UTF8.GetBytes($"artifact {i}");
            _server.Answer = _ => Ok(content);
            (await FetchAsync($"http://models/{i}", maxBytes: 10_000)).Dispose();
        }

        Assert.Equal(ArtifactReport.MaxKeys, Cache().Report().Keys.Count);
    }

    [Fact]
    public void Report_NoCache_IsEmpty() => Assert.Empty(Cache().Report().Keys);

    [Fact]
    public async Task Fetch_HttpWithoutDigestOrValidator_DownloadsEachTime()
    {
        _server.Answer = _ => Ok(Content);

        (await FetchAsync("http://models/m.onnx")).Dispose();
        (await FetchAsync("http://models/m.onnx")).Dispose();

        Assert.Equal(2, _server.Requests);
    }

    [Fact]
    public async Task Fetch_ManyAtOnceFromSeveralCaches_DownloadsOnce()
    {
        _server.Answer = _ => Ok(Content);

        var fetching = Enumerable.Range(0, 8).Select(_ => Task.Run(() => FetchAsync("http://models/m.onnx", Digest, TimeProvider.System)));
        var artifacts = await Task.WhenAll(fetching).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, _server.Requests);
        Assert.Single(artifacts, artifact => artifact.CacheHit == false);
        foreach (var artifact in artifacts)
            artifact.Dispose();
    }

    [Fact]
    public async Task Fetch_LeftoverOfACrash_IsRemovedAndOneBeingWrittenIsNot()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "tmp"));
        var leftover = Path.Combine(_directory, "tmp", "leftover");
        await File.WriteAllTextAsync(leftover, "half of an arti");
        var current = Path.Combine(_directory, "tmp", "current");
        using var writing = new FileStream(current, FileMode.Create, FileAccess.Write, FileShare.None);
        _server.Answer = _ => Ok(Content);

        (await FetchAsync("http://models/m.onnx", Digest)).Dispose();

        Assert.False(File.Exists(leftover));
        Assert.True(File.Exists(current));
    }

    [Fact]
    public async Task Fetch_CacheIsFull_EvictsWhatWasNotUsedForLongest()
    {
        const int MaxBytes = 250;
        var blobs = Enumerable.Range(0, 3).Select(i => Enumerable.Repeat((byte)i, 100).ToArray()).ToList();
        var digests = blobs.Select(blob => Convert.ToHexStringLower(SHA256.HashData(blob))).ToList();
        _server.Answer = request => Ok(blobs[int.Parse(request.RequestUri!.AbsolutePath[1..], null)]);
        foreach (var index in (int[])[0, 1, 0, 2])
        {
            (await FetchAsync($"http://models/{index}", digests[index], maxBytes: MaxBytes)).Dispose();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(new[] { digests[0], digests[2] }.Order(), Files("blobs").Order());
    }

    [Fact]
    public async Task Fetch_CacheIsFull_KeepsWhatIsInUse()
    {
        byte[] other = [.. Enumerable.Repeat((byte)1, 100)];
        _server.Answer = _ => Ok(Content);
        using var inUse = await FetchAsync("http://models/m.onnx", Digest, maxBytes: 100);
        _time.Advance(TimeSpan.FromMinutes(1));
        _server.Answer = _ => Ok(other);

        (await FetchAsync("http://models/other", maxBytes: 100)).Dispose();

        Assert.Equal(Content, await File.ReadAllBytesAsync(inUse.Path));
    }

    [Theory]
    [InlineData("tmp/0123", 5)]
    [InlineData("tmp/0123", 12)]
    [InlineData("blobs", 12)]
    [InlineData("memo", 5)]
    public async Task Fetch_WorkerWasKilledAtAnyStep_LeavesNoBadEntry(string left, int bytes)
    {
        const string Uri = "http://models/m.onnx";
        var path = left switch
        {
            "blobs" => $"blobs/{Digest}",
            "memo" => $"memo/{DigestMemo.KeyOf(Uri)}",
            _ => left,
        };
        path = Path.Combine(_directory, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(path, Content[..bytes]);
        _server.Answer = _ => Validated(Ok(Content), byTag: true);

        using var artifact = await FetchAsync(Uri);

        Assert.Equal(Content, await File.ReadAllBytesAsync(artifact.Path));
        Assert.Equal([Digest], Files("blobs"));
        Assert.Empty(Files("tmp"));
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task Fetch_DiskIsFull_EvictsWhatIsNotInUseAndSaysWhatToDoWhereThatIsTooLittle()
    {
        byte[] other = [.. Enumerable.Repeat((byte)1, 100)];
        _server.Answer = _ => Ok(Content);
        (await FetchAsync("http://models/unused", Digest)).Dispose();
        _server.Answer = _ => Ok(other);

        var full = Cache(options: new() { Directory = _directory, FreeBytes = _ => 99 - Content.Length });
        var failure = (await Assert.ThrowsAsync<AssignmentException>(
            () => full.FetchAsync(new() { Uri = "http://models/other" }, new Progress<FetchProgress>(), default))).Failure;
        var roomy = Cache(options: new() { Directory = _directory, FreeBytes = _ => 100 });
        using var fetched = await roomy.FetchAsync(new() { Uri = "http://models/other" }, new Progress<FetchProgress>(), default);

        Assert.Equal((AssignmentFailureReason.ArtifactUnavailable, true), (failure.Reason, failure.Retriable));
        Assert.Contains("has 100 bytes", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Make room on the node", failure.Message, StringComparison.Ordinal);
        Assert.Equal(other, await File.ReadAllBytesAsync(fetched.Path));
        Assert.DoesNotContain(Digest, Files("blobs"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Fetch_LargerThanTheCache_SaysWhichFieldToRaise(bool lengthKnown)
    {
        _server.Answer = _ => Ok(Content, lengthKnown);

        var failure = await FailAsync("http://models/m.onnx", maxBytes: Content.Length - 1);

        Assert.Equal((AssignmentFailureReason.ArtifactUnavailable, false), (failure.Reason, failure.Retriable));
        Assert.Contains("artifactCache.sizeLimit", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Files("tmp"));
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, AssignmentFailureReason.ArtifactNotFound, false)]
    [InlineData(HttpStatusCode.Forbidden, AssignmentFailureReason.ArtifactUnavailable, false)]
    [InlineData(HttpStatusCode.ServiceUnavailable, AssignmentFailureReason.ArtifactUnavailable, true)]
    public async Task Fetch_ServerRefuses_SaysHow(HttpStatusCode status, string reason, bool retriable)
    {
        _server.Answer = _ => new HttpResponseMessage(status);

        var failure = await FailAsync("http://models/m.onnx");

        Assert.Equal((reason, retriable), (failure.Reason, failure.Retriable));
        Assert.Contains($"answered {(int)status}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NoOneListens_SaysSo()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = listener.LocalEndpoint;
        listener.Stop();

        var failure = await FailAsync($"http://{endpoint}/m.onnx", handler: new SocketsHttpHandler());

        Assert.Equal((AssignmentFailureReason.ArtifactUnavailable, true), (failure.Reason, failure.Retriable));
        Assert.Contains($"{endpoint} refuses connections", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_NameDoesNotExist_SaysSo()
    {
        _server.Answer = _ => throw new HttpRequestException(
            HttpRequestError.NameResolutionError, "unknown", new SocketException((int)SocketError.HostNotFound));

        var failure = await FailAsync("http://nowhere.invalid/m.onnx");

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failure.Reason);
        Assert.Contains("'nowhere.invalid' does not resolve", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_ServerSendsNothing_IsGivenUp()
    {
        var asked = new TaskCompletionSource();
        _server.AnswerAsync = async cancellation =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
            return Ok(Content);
        };

        var failing = FailAsync("http://models/m.onnx");
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(30));

        var failure = await failing.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains("sent nothing for 30 s", failure.Message, StringComparison.Ordinal);
        Assert.True(failure.Retriable);
    }

    [Fact]
    public async Task Fetch_ConnectionBreaks_KeepsNothing()
    {
        _server.Answer = _ => new HttpResponseMessage { Content = new StreamContent(new BrokenStream(Content)) };

        var failure = await FailAsync("http://models/m.onnx");

        Assert.Equal((AssignmentFailureReason.ArtifactUnavailable, true), (failure.Reason, failure.Retriable));
        Assert.Contains("broke off", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Files("tmp"));
    }

    [Fact]
    public async Task Fetch_File_IsUsedWhereItLies()
    {
        var path = Path.Combine(_directory, "model with spaces.onnx");
        await File.WriteAllBytesAsync(path, Content);

        using var artifact = await FetchAsync(new Uri(path).AbsoluteUri, Digest);

        Assert.Equal(path, artifact.Path);
        Assert.Null(artifact.CacheHit);
        Assert.Empty(Files("blobs"));
    }

    [Fact]
    public async Task Fetch_FileThatChanged_IsHashedAgain()
    {
        var path = Path.Combine(_directory, "model.onnx");
        await File.WriteAllBytesAsync(path, Content);
        (await FetchAsync($"file://{path}", Digest)).Dispose();
        await File.WriteAllTextAsync(path, "another artifact");

        var failure = await FailAsync($"file://{path}", Digest);

        Assert.Equal(AssignmentFailureReason.DigestMismatch, failure.Reason);
    }

    [Fact]
    public async Task ThrowIfReplaced_FileWasReplacedWhileItWasRead_Throws()
    {
        var path = Path.Combine(_directory, "model.onnx");
        await File.WriteAllBytesAsync(path, Content);
        using var artifact = await FetchAsync($"file://{path}", Digest);
        artifact.ThrowIfReplaced();

        await File.WriteAllTextAsync(path, "another artifact");

        Assert.True(Assert.Throws<AssignmentException>(artifact.ThrowIfReplaced).Failure.Retriable);
    }

    [Fact]
    public async Task Fetch_FileIsAbsent_SaysWhereItWasExpected()
    {
        var failure = await FailAsync("file:///nowhere/model.onnx");

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failure.Reason);
        Assert.Contains("'/nowhere/model.onnx' does not exist on the worker", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fetch_FileIsADirectory_SaysSo()
    {
        var failure = await FailAsync($"file://{_directory}");

        Assert.Contains("is a directory", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("file://host/model.onnx")]
    [InlineData("model.onnx")]
    [InlineData("/models/model.onnx")]
    [InlineData("ftp://models/model.onnx")]
    public async Task Fetch_NoUriOfOurs_SaysWhichAre(string uri)
    {
        var failure = await FailAsync(uri);

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failure.Reason);
        Assert.Contains("file:///absolute/path", failure.Message, StringComparison.Ordinal);
    }

    private static HttpResponseMessage Ok(byte[] content, bool lengthKnown = true) => new()
    {
        Content = lengthKnown ? new ByteArrayContent(content) : new StreamContent(new BrokenStream(content, breaks: false)),
    };

    private static HttpResponseMessage Validated(HttpResponseMessage response, bool byTag)
    {
        if (byTag)
            response.Headers.ETag = new("\"v1\"");
        else
            response.Content.Headers.LastModified = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return response;
    }

    [Fact]
    public async Task Fetch_FileOnAVolume_IsReadWhereTheVolumeLies()
    {
        var path = Path.Combine(_directory, "volume", "model");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, "content");
        var options = new ArtifactCacheOptions { Directory = _directory, Mounts = VolumeMounts.Parse($"/models:{_directory}/volume") };
        var cache = Cache(options: options);

        using var artifact = await cache.FetchAsync(new ModelReference { Uri = "file:///models/model" }, new Progress<FetchProgress>(), CancellationToken.None);

        Assert.Equal(path, artifact.Path);
        Assert.True(cache.IsFolder(new Uri("file:///models")));
        Assert.False(cache.IsFolder(new Uri("file:///models/model")));
    }

    private Task<Artifact> FetchAsync(
        string uri, string? digest = null, TimeProvider? time = null, long maxBytes = 1000, HttpMessageHandler? handler = null)
    {
        var cache = Cache(time, maxBytes, handler);
        return cache.FetchAsync(new ModelReference { Uri = uri, Sha256 = digest }, new Progress<FetchProgress>(), CancellationToken.None);
    }

    private ArtifactCache Cache(TimeProvider? time = null, long maxBytes = 1000, HttpMessageHandler? handler = null, ArtifactCacheOptions? options = null) =>
        TestCache.Make(options ?? new() { Directory = _directory, MaxBytes = maxBytes }, time ?? _time, _metrics, handler ?? _server);

    private async Task<AssignmentFailure> FailAsync(string uri, string? digest = null, long maxBytes = 1000, HttpMessageHandler? handler = null) =>
        (await Assert.ThrowsAsync<AssignmentException>(() => FetchAsync(uri, digest, maxBytes: maxBytes, handler: handler))).Failure;

    private IEnumerable<string> Files(string folder) =>
        Directory.Exists(Path.Combine(_directory, folder)) ? Directory.EnumerateFiles(Path.Combine(_directory, folder)).Select(file => Path.GetFileName(file)) : [];

    private sealed class StubServer : HttpMessageHandler
    {
        private int _requests;

        public Func<HttpRequestMessage, HttpResponseMessage> Answer { get; set; } = _ => throw new HttpRequestException("No answer is set.");

        public Func<CancellationToken, Task<HttpResponseMessage>>? AnswerAsync { get; set; }

        public int Requests => _requests;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            return AnswerAsync?.Invoke(cancellationToken) ?? Task.FromResult(Answer(request));
        }
    }

    /// <summary>Gives its content, then breaks as a connection does, or ends without having told its length.</summary>
    private sealed class BrokenStream(byte[] content, bool breaks = true) : MemoryStream(content)
    {
        public override bool CanSeek => false;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = base.Read(buffer.Span);
            return read > 0 || !breaks ? ValueTask.FromResult(read) : throw new IOException("The connection was reset.");
        }
    }
}
