using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Hearth.Federation.Storage;
using Hearth.Testing;

namespace Hearth.Federation.Tests.Storage;

/// <summary>What a bucket has instead of rename, append and locks. Whole lives of a federation on it are in <see cref="CrashTests"/>.</summary>
public sealed class ObjectStorageTests : IDisposable
{
    private readonly CrashBucket _bucket = new();

    public void Dispose() => _bucket.Dispose();

    [Fact]
    public async Task Federation_OnABucket_EndsAndIsFoundAgain()
    {
        var format = new TinyFormat();
        using (var aggregator = await Make.OpenAsync(await _bucket.OpenAsync(), new ManualTimeProvider(), Make.Options(rounds: 1, max: 2), format))
        {
            await Play.RoundAsync(aggregator, 1, ("a", Make.Update(1), 3), ("b", Make.Update(2), 5));
            await aggregator.StopAsync();
        }

        using var again = await Make.OpenAsync(await _bucket.OpenAsync(), new ManualTimeProvider(), Make.Options(rounds: 1, max: 2), format);

        Assert.Equal((1, 2L, 1), (again.Progress.ModelVersion, again.Progress.Folded, format.Created));
        var weights = _bucket.Paths.Single(path => path.StartsWith("weights-", StringComparison.Ordinal));
        Assert.Equal(Make.Average([(Make.Update(1), 3), (Make.Update(2), 5)]), Make.Values(_bucket.Read(weights)));
    }

    [Fact]
    public async Task Journal_OpenedByAnother_TakesNothingMoreFromTheFirst()
    {
        var first = await _bucket.OpenAsync();
        using var journal = first.Append("journal.log", 0);
        Write(first, journal, "one;");
        var second = await _bucket.OpenAsync();
        using var taken = second.Append("journal.log", 4);

        var e = Assert.Throws<IOException>(() => Write(first, journal, "late;"));
        Write(second, taken, "two;");

        Assert.Contains("was written by another aggregator, which took over", e.Message, StringComparison.Ordinal);
        Assert.Equal("one;two;", Text((await _bucket.OpenAsync()).OpenRead("journal.log")));
    }

    [Fact]
    public async Task Journal_WrittenWhileItIsBeingTaken_IsTakenWithThatRecord()
    {
        var first = await _bucket.OpenAsync();
        using var journal = first.Append("journal.log", 0);
        var second = await _bucket.OpenAsync();
        Write(first, journal, "just;");

        Assert.Throws<IOException>(() => second.Append("journal.log", 0));
        using var taken = (await _bucket.OpenAsync()).Append("journal.log", 5);

        Assert.Equal("just;", Text((await _bucket.OpenAsync()).OpenRead("journal.log")));
    }

    [Fact]
    public async Task Move_OntoWhatAnotherWrote_IsRefusedAndLeavesIt()
    {
        var (first, second) = (await _bucket.OpenAsync(), await _bucket.OpenAsync());
        Stage(first, ".a.tmp", "first");
        Stage(second, ".b.tmp", "second");
        second.Move(".b.tmp", "models/1/model.json");

        Assert.Throws<IOException>(() => first.Move(".a.tmp", "models/1/model.json"));

        Assert.Equal("second", Encoding.UTF8.GetString(_bucket.Read("models/1/model.json")));
        // The writer itself may write again.
        Stage(second, ".b.tmp", "again");
        second.Move(".b.tmp", "models/1/model.json");
        Assert.Equal("again", Text(second.OpenRead("models/1/model.json")));
    }

    [Fact]
    public async Task Listing_OfManyPages_IsWhole()
    {
        var storage = await _bucket.OpenAsync();
        var names = Enumerable.Range(0, 10).Select(i => $"{i}.json").ToArray();
        foreach (var name in names)
        {
            Stage(storage, ".x.tmp", name);
            storage.Move(".x.tmp", $"rounds/1/{name}");
        }

        var again = await _bucket.OpenAsync();

        Assert.Equal(names, again.ListFiles("rounds/1"));
        Assert.Equal(["1"], again.ListFolders("rounds"));
        again.Delete("rounds/1/3.json");
        again.Delete("rounds/1/none.json");
        Assert.False(again.Exists("rounds/1/3.json"));
        Assert.Throws<FileNotFoundException>(() => again.OpenRead("rounds/1/3.json"));
    }

    [Fact]
    public async Task Journal_OfManyRecords_IsFewObjects()
    {
        var storage = await _bucket.OpenAsync();
        using var journal = storage.Append("journal.log", 0);
        for (var i = 0; i < 50; i++)
        {
            Write(storage, journal, $"{i};");
            Assert.InRange(_bucket.Paths.Count(path => path.StartsWith("journal.log/", StringComparison.Ordinal)), 1, 4);
        }

        Assert.Equal(string.Concat(Enumerable.Range(0, 50).Select(i => $"{i};")), Text((await _bucket.OpenAsync()).OpenRead("journal.log")));
    }

    [Fact]
    public async Task Journal_WithoutOneOfItsSegments_SaysWhich()
    {
        var storage = await _bucket.OpenAsync();
        using var journal = storage.Append("journal.log", 0);
        Write(storage, journal, "one;");
        Write(storage, journal, "two;");
        storage.Delete("journal.log/000000000002");

        var e = Assert.Throws<OutputException>(() => storage.OpenRead("journal.log"));

        Assert.StartsWith("'journal.log/000000000002' is missing in 's3://models/federations/digits'", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "NoSuchBucket", "there is no bucket \"models\". Make it")]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", "need s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject")]
    [InlineData(HttpStatusCode.NotImplemented, "NotImplemented", "does not keep to the conditions of a put")]
    public async Task Bucket_RefusesForGood_SaysWhatToDo(HttpStatusCode status, string code, string expected)
    {
        _bucket.Refusal = new AmazonS3Exception(code, ErrorType.Sender, code, "request", status);

        var e = await Assert.ThrowsAsync<OutputException>(_bucket.OpenAsync);

        Assert.StartsWith("'s3://models/federations/digits", e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_RefusesForNow_IsNoReasonToGiveUp()
    {
        _bucket.Refusal = new AmazonS3Exception("SlowDown", ErrorType.Sender, "SlowDown", "request", HttpStatusCode.ServiceUnavailable);

        Assert.EndsWith("SlowDown", (await Assert.ThrowsAsync<IOException>(_bucket.OpenAsync)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_CredentialsNowhere_SaysWhereTheyBelong()
    {
        _bucket.Refusal = new AmazonClientException("Nothing was found.");

        var e = await Assert.ThrowsAsync<OutputException>(_bucket.OpenAsync);

        Assert.Contains("no credentials were found: Nothing was found. The worker's credentials need", e.Message, StringComparison.Ordinal);
        Assert.Contains("artifactCache.secretName", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bucket_IgnoresConditions_IsNotUsed()
    {
        using var careless = new CrashBucket { HasConditions = false };

        var e = await Assert.ThrowsAsync<OutputException>(careless.OpenAsync);

        Assert.StartsWith("'s3://models/federations/digits': the store does not keep to the conditions of a put (If-None-Match, If-Match)", e.Message, StringComparison.Ordinal);
        Assert.Empty(careless.Paths);
    }

    [Fact]
    public void Scratch_OverItsLimit_DropsTheOldestCopies()
    {
        using var scratch = new ScratchFolder(Path.Combine(Directory.CreateTempSubdirectory("hearth-scratch-").FullName, "s"), limit: 10);
        foreach (var name in (string[])["a", "b", "c"])
        {
            using (var file = scratch.Create($"{name}.tmp"))
                file.Write("12345"u8);
            scratch.Move($"{name}.tmp", $"models/{name}");
        }

        Assert.Equal((false, true, true), (scratch.Has("models/a"), scratch.Has("models/b"), scratch.Has("models/c")));
    }

    private static void Write(IFederationStorage storage, Stream journal, string text)
    {
        journal.Write(Encoding.UTF8.GetBytes(text));
        storage.Sync(journal);
    }

    private static void Stage(IFederationStorage storage, string path, string text)
    {
        using var file = storage.Create(path);
        file.Write(Encoding.UTF8.GetBytes(text));
    }

    private static string Text(Stream content)
    {
        using var reader = new StreamReader(content);
        return reader.ReadToEnd();
    }
}
