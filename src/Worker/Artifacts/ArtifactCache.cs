using System.Security.Cryptography;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;

namespace Hearth.Worker.Artifacts;

/// <summary>Brings artifacts to this machine's disk, once.</summary>
/// <remarks>
/// A file is used where it lies: copying it would only cost time. An HTTP resource with a declared digest is looked up by it, without the
/// network; one without is revalidated by its ETag or date and downloaded when that fails. Concurrent fetches of one URI, in whatever
/// process of the node, are one download.
/// </remarks>
internal sealed class ArtifactCache(ArtifactCacheOptions options, HttpArtifactSource http, TimeProvider time)
{
    private const int MaxReportedMemos = 256;

    private readonly Lazy<BlobStore> _store = new(() => new BlobStore(options.Directory, options.MaxBytes, time));

    /// <summary>Whether the URI names a folder of this machine.</summary>
    public bool IsFolder(Uri uri) => uri.IsFile && Directory.Exists(options.Mounts.Map(uri.LocalPath));

    /// <summary>Brings the artifact that <paramref name="model"/> names.</summary>
    /// <param name="model">URI and, perhaps, digest.</param>
    /// <param name="progress">Told of bytes received and, where known, expected.</param>
    /// <param name="cancellation">Gives up; nothing is left behind.</param>
    /// <exception cref="AssignmentException">It cannot be had; says why.</exception>
    public async Task<Artifact> FetchAsync(ModelReference model, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        var uri = ArtifactUri.Parse(model.Uri);
        var digest = model.Sha256 is { Length: > 0 } text ? text.ToLowerInvariant() : null;
        try
        {
            return uri.IsFile ? UseInPlace(uri, digest) : await FetchHttpAsync(uri, digest, progress, cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StorageFailure.Explain(e, uri, options.Directory);
        }
    }

    /// <summary>What is in the cache. One that cannot be read holds nothing.</summary>
    public ArtifactReport Report()
    {
        var report = new ArtifactReport { Time = time.GetUtcNow().ToUnixTimeMilliseconds() };
        try
        {
            var uris = _store.Value.Memo.Newest(MaxReportedMemos).ToLookup(memo => memo.Digest, memo => memo.Key);
            var keys = _store.Value.List().SelectMany(digest => uris[digest].Prepend(digest)).Select(ArtifactKey.OfDigest);
            return report with { Keys = [.. keys.Take(ArtifactReport.MaxKeys)] };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return report;
        }
    }

    private Artifact UseInPlace(Uri uri, string? digest)
    {
        var path = options.Mounts.Map(uri.LocalPath);
        if (Directory.Exists(path))
            throw AssignmentException.Unavailable($"'{path}' is a directory. Name the model's file in it.", retriable: false);
        var version = FileVersion.Of(path);
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        try
        {
            if (digest is not null && DigestOf(file, version) is var actual && actual != digest)
                throw AssignmentException.DigestMismatch($"'{path}'", digest, actual);
            return new Artifact(file, cacheHit: null, version);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private string DigestOf(FileStream file, FileVersion version)
    {
        // The store is a help here, not a need: a file in place works with a cache that cannot be written.
        var validator = version.ToString();
        var memo = TryGetMemo();
        if (memo?.Read(file.Name) is { } known && known.Validator == validator)
            return known.Digest;
        var digest = Convert.ToHexStringLower(SHA256.HashData(file));
        if (FileVersion.Of(file.Name) == version)
            memo?.Write(file.Name, digest, validator);
        return digest;
    }

    private DigestMemo? TryGetMemo()
    {
        try
        {
            return _store.Value.Memo;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private async Task<Artifact> FetchHttpAsync(Uri uri, string? digest, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        var store = _store.Value;
        if (digest is not null && store.TryOpen(digest) is { } known)
            return new Artifact(known, cacheHit: true);
        using var turn = await store.LockAsync(digest ?? DigestMemo.KeyOf(uri.AbsoluteUri), cancellation);
        if (digest is not null && store.TryOpen(digest) is { } fetchedMeanwhile)
            return new Artifact(fetchedMeanwhile, cacheHit: true);
        var memo = digest is null ? store.Memo.Read(uri.AbsoluteUri) : null;
        var remembered = memo is { } m ? store.TryOpen(m.Digest) : null;
        try
        {
            using var response = await http.GetAsync(uri, remembered is null ? null : memo?.Validator, cancellation);
            if (response.NotModified && remembered is { } unchanged)
            {
                remembered = null;
                return new Artifact(unchanged, cacheHit: true);
            }
            using var writer = store.BeginWrite(response.Length);
            await http.CopyAsync(response, writer, options.MaxBytes, progress, cancellation);
            var actual = writer.Finish();
            if (digest is not null && actual != digest)
                throw AssignmentException.DigestMismatch($"'{ArtifactUri.Display(uri)}'", digest, actual);
            var file = writer.Commit(actual);
            if (response.Validator is { } validator)
                store.Memo.Write(uri.AbsoluteUri, actual, validator);
            return new Artifact(file, cacheHit: false);
        }
        finally
        {
            remembered?.Dispose();
        }
    }
}
