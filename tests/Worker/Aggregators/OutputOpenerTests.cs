using System.Text;
using Hearth.Api.Workers;
using Hearth.Federation.Storage;
using Hearth.Testing;
using Hearth.Worker.Aggregators;
using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Tests.Aggregators;

/// <summary>What <c>output.uri</c> may name, with the SDK's own client over HTTP.</summary>
public sealed class OutputOpenerTests : IAsyncLifetime
{
    private BucketServer _server = null!;

    public async Task InitializeAsync()
    {
        _server = await BucketServer.StartAsync();
        _server.MakeBucket("models");
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Open_Bucket_KeepsWhatIsWrittenForTheNext()
    {
        using (var first = await OpenAsync("s3://models/fed%20a/"))
        {
            await WriteAsync(first, "models/1/weights", "weights");
            using var journal = first.Append("journal.log", 0);
            journal.Write("one;"u8);
            first.Sync(journal);
            await WriteAsync(first, "rounds/1/updates/a", "update");
            first.Delete("rounds/1/updates/a");
        }

        using var second = await OpenAsync("s3://models/fed%20a");

        Assert.Equal(("s3://models/fed a", "weights", "one;"), (second.Name, Read(second, "models/1/weights"), Read(second, "journal.log")));
        Assert.Equal(["journal.log", "models"], second.ListFolders(""));
    }

    [Fact]
    public async Task Write_OverWhatAnotherWrote_IsRefused()
    {
        using var first = await OpenAsync("s3://models/fed");
        using var second = await OpenAsync("s3://models/fed");
        await WriteAsync(second, "federation.json", "second");

        var e = await Assert.ThrowsAsync<IOException>(() => WriteAsync(first, "federation.json", "first"));

        Assert.Contains("was written by another aggregator", e.Message, StringComparison.Ordinal);
        Assert.Equal("second", Read(first, "federation.json"));
        // As it is known now, it may be written.
        await WriteAsync(first, "federation.json", "again");
    }

    [Fact]
    public async Task Write_WhoseAnswerIsLost_IsKnownAsItsOwn()
    {
        using var storage = await OpenAsync("s3://models/fed");
        var lost = 0;
        _server.AfterPut = _ => Task.FromResult(Interlocked.Increment(ref lost) != 1);

        await WriteAsync(storage, "federation.json", "mine");
        await WriteAsync(storage, "federation.json", "mine too");

        Assert.Equal("mine too", Read(storage, "federation.json"));
        Assert.Contains("412 /models/fed/federation.json", _server.Requests);
    }

    [Fact]
    public async Task Write_OfMegabytes_ComesWhole()
    {
        var text = new string('x', 5 << 20);
        using (var first = await OpenAsync("s3://models/fed"))
            await WriteAsync(first, "models/0/weights", text);

        using var second = await OpenAsync("s3://models/fed");

        Assert.Equal(text, Read(second, "models/0/weights"));
    }

    [Fact]
    public async Task Open_NoSuchBucket_SaysSo() =>
        await FailsAsync("s3://absent/fed", isRetriable: false, "'s3://absent/fed", "there is no bucket \"absent\". Make it, or choose another output.uri.");

    [Fact]
    public async Task Open_CredentialsWithoutTheRight_SaysWhichAreNeeded()
    {
        _server.Allows = request => request.Method != "PUT";

        await FailsAsync("s3://models/fed", isRetriable: false, "access denied (AccessDenied)", "s3:PutObject", "artifactCache.secretName");
    }

    [Fact]
    public async Task Open_StoreWithoutConditions_IsNotUsed()
    {
        _server.HasConditions = false;

        await FailsAsync("s3://models/fed", isRetriable: false, "'s3://models/fed': the store does not keep to the conditions of a put");
    }

    [Fact]
    public async Task Open_NobodyAnswers_MayBeTriedAgain() => await FailsAtAsync(
        "s3://models/fed", isRetriable: true, new Uri($"http://127.0.0.1:{LoopbackPort.Free()}").AbsoluteUri, "the store cannot be reached", "AWS_ENDPOINT_URL");

    [Fact]
    public async Task Open_EndpointThatIsNone_SaysSo() => await FailsAtAsync("s3://models/fed", isRetriable: false, "minio:9000", "spec.output.uri: AWS_ENDPOINT_URL of the worker is 'minio:9000'");

    private Task FailsAsync(string uri, bool isRetriable, params string[] parts) => FailsAtAsync(uri, isRetriable, _server.Url.AbsoluteUri, parts);

    private static async Task FailsAtAsync(string uri, bool isRetriable, string endpoint, params string[] parts)
    {
        var e = await Assert.ThrowsAsync<AssignmentException>(() => Opener(endpoint).OpenAsync(uri, CancellationToken.None));

        Assert.Equal((AssignmentFailureReason.OutputUnavailable, isRetriable), (e.Failure.Reason, e.Failure.Retriable));
        Assert.All(parts, part => Assert.Contains(part, e.Message, StringComparison.Ordinal));
    }

    private async Task<ObjectStorage> OpenAsync(string uri) => (ObjectStorage)await Opener(_server.Url.AbsoluteUri).OpenAsync(uri, CancellationToken.None);

    private static OutputOpener Opener(string endpoint)
    {
        var variables = new Dictionary<string, string?>
        {
            ["AWS_ENDPOINT_URL"] = endpoint,
            ["AWS_ACCESS_KEY_ID"] = "AKID",
            ["AWS_SECRET_ACCESS_KEY"] = "secret",
        };
        return new(VolumeMounts.Parse(null), () => S3Clients.Create(name => variables.GetValueOrDefault(name)), TimeProvider.System);
    }

    private static async Task WriteAsync(ObjectStorage storage, string path, string text)
    {
        await using (var file = storage.Create(".x.tmp"))
            await file.WriteAsync(Encoding.UTF8.GetBytes(text));
        storage.Move(".x.tmp", path);
    }

    private static string Read(ObjectStorage storage, string path)
    {
        using var reader = new StreamReader(storage.OpenRead(path));
        return reader.ReadToEnd();
    }
}
