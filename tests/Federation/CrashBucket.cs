using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Hearth.Federation.Storage;
using NSubstitute;

namespace Hearth.Federation.Tests;

/// <summary>
/// A bucket in memory with S3's rules: puts are whole or not there, and refused when their condition does not hold. A process can be killed at every request,
/// before the bucket has it or after.
/// </summary>
internal sealed class CrashBucket : ICrashStorage, IDisposable
{
    // So few that runs of crashes meet the journal written anew.
    private const int WholeEvery = 4;
    private const string Prefix = "federations/digits/";

    private readonly Dictionary<string, byte[]> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MetadataCollection> _metadata = new(StringComparer.Ordinal);
    private readonly IAmazonS3 _s3 = Substitute.For<IAmazonS3>();
    private readonly string _scratch;
    private readonly List<ObjectStorage> _opened = [];
    private int _steps;

    public CrashBucket()
    {
        _scratch = Directory.CreateTempSubdirectory("hearth-bucket-").FullName;
        _s3.PutObjectAsync(default!, default).ReturnsForAnyArgs(call => Step(() => Put(call.Arg<PutObjectRequest>())));
        _s3.GetObjectAsync(default(GetObjectRequest)!, default).ReturnsForAnyArgs(call => Step(() => Get(call.Arg<GetObjectRequest>().Key)));
        _s3.DeleteObjectAsync(default(string)!, default!, default).ReturnsForAnyArgs(call => Step(() =>
        {
            _objects.Remove(call.ArgAt<string>(1));
            return new DeleteObjectResponse();
        }));
        _s3.GetObjectMetadataAsync(default(string)!, default!, default(CancellationToken)).ReturnsForAnyArgs(call => Step(() => Describe(call.ArgAt<string>(1))));
        _s3.ListObjectsV2Async(default!, default).ReturnsForAnyArgs(call => Step(() => List(call.Arg<ListObjectsV2Request>())));
    }

    /// <inheritdoc/>
    public int KillAt { get; set; }

    /// <inheritdoc/>
    public bool Killed { get; private set; }

    /// <summary>What every request is refused with; null for none.</summary>
    public Exception? Refusal { get; set; }

    /// <summary>Entries of a listing's page.</summary>
    public int PageSize { get; init; } = 3;

    /// <summary>Whether puts are refused whose conditions do not hold.</summary>
    public bool HasConditions { get; init; } = true;

    /// <inheritdoc/>
    public IEnumerable<string> Paths => _objects.Keys.Select(key => key[Prefix.Length..]);

    /// <inheritdoc/>
    public async Task<IFederationStorage> OpenAsync()
    {
        var storage = await ObjectStorage.OpenAsync(_s3, "models", Prefix, Path.Combine(_scratch, $"{_opened.Count}"), TimeProvider.System, CancellationToken.None, WholeEvery);
        _opened.Add(storage);
        return storage;
    }

    /// <inheritdoc/>
    public ICrashStorage Restart(Random chance)
    {
        var next = new CrashBucket();
        foreach (var (key, content) in _objects)
            next._objects[key] = content;
        Dispose();
        return next;
    }

    /// <inheritdoc/>
    public byte[] Read(string path) => path == "journal.log"
        ? JournalSegments.Join(
            from key in _objects.Keys.OrderDescending(StringComparer.Ordinal)
            where key.StartsWith($"{Prefix}journal.log/", StringComparison.Ordinal)
            select (JournalSegments.NumberOf(key.Split('/')[^1]), _objects[key]), "bucket")
        : _objects[Prefix + path];

    public void Dispose()
    {
        if (Directory.Exists(_scratch))
            Directory.Delete(_scratch, recursive: true);
    }

    private static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content))}\"";

    private static AmazonS3Exception Error(HttpStatusCode status, string code) => new(code, ErrorType.Sender, code, "request", status);

    private Task<T> Step<T>(Func<T> effect)
    {
        lock (_objects)
        {
            if (Refusal is not null)
                return Task.FromException<T>(Refusal);
            var isLast = ++_steps == KillAt;
            // Every second request that kills was heard.
            if (Killed || (isLast && _steps % 2 == 0))
                return Die<T>();
            try
            {
                var answer = effect();
                return isLast ? Die<T>() : Task.FromResult(answer);
            }
            catch (AmazonS3Exception e)
            {
                return isLast ? Die<T>() : Task.FromException<T>(e);
            }
        }
    }

    private Task<T> Die<T>()
    {
        Killed = true;
        return Task.FromException<T>(new CrashException());
    }

    private PutObjectResponse Put(PutObjectRequest request)
    {
        var known = _objects.GetValueOrDefault(request.Key);
        if (HasConditions && (request.IfNoneMatch == "*" ? known is not null : known is null || TagOf(known) != request.IfMatch))
            throw Error(HttpStatusCode.PreconditionFailed, "PreconditionFailed");
        using var content = new MemoryStream();
        request.InputStream.CopyTo(content);
        _objects[request.Key] = content.ToArray();
        _metadata[request.Key] = request.Metadata;
        return new() { ETag = TagOf(_objects[request.Key]) };
    }

    private GetObjectResponse Get(string key) => _objects.TryGetValue(key, out var content)
        ? new() { ResponseStream = new MemoryStream(content, writable: false), ETag = TagOf(content) }
        : throw Error(HttpStatusCode.NotFound, "NoSuchKey");

    private GetObjectMetadataResponse Describe(string key)
    {
        var answer = new GetObjectMetadataResponse { ETag = _objects.TryGetValue(key, out var content) ? TagOf(content) : throw Error(HttpStatusCode.NotFound, "NotFound") };
        foreach (var name in _metadata.GetValueOrDefault(key)?.Keys ?? [])
            answer.Metadata[name] = _metadata[key][name];
        return answer;
    }

    private ListObjectsV2Response List(ListObjectsV2Request request)
    {
        var keys = _objects.Keys.Where(key => key.StartsWith(request.Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Where(key => string.CompareOrdinal(key, request.ContinuationToken ?? "") > 0).ToArray();
        var page = keys.Take(PageSize).ToArray();
        return new()
        {
            // The SDK leaves an empty list null.
            S3Objects = page.Length == 0 ? null : [.. page.Select(key => new S3Object { Key = key, ETag = TagOf(_objects[key]) })],
            IsTruncated = page.Length < keys.Length,
            NextContinuationToken = page.LastOrDefault(),
        };
    }
}
