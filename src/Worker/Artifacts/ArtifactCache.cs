using System.Security.Cryptography;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;

namespace Hearth.Worker.Artifacts;

/// <summary>Brings artifacts to this machine's disk, once.</summary>
/// <remarks>
/// A file is used where it lies: copying it would only cost time. What comes over the network is looked up by its declared digest, without the
/// network; without one it is revalidated by its entity tag or date and downloaded when that fails. Concurrent fetches of one URI, in whatever
/// process of the node, are one download.
/// </remarks>
internal sealed class ArtifactCache(
    ArtifactCacheOptions options, HttpArtifactSource http, S3ArtifactSource s3, WorkerMetrics metrics, TimeProvider time)
{
    private const int MaxReportedMemos = 256;

    // An artifact that is replaced more often while it is downloaded is not meant to be downloaded.
    private const int MaxVersions = 3;

    private readonly Lazy<BlobStore> _store = new(() => new BlobStore(options, metrics, time));

    /// <summary>Whether the URI names a folder of this machine.</summary>
    /// <exception cref="AssignmentException">It is on a claim that the pool does not mount.</exception>
    public bool IsFolder(Uri uri) => PathOf(uri) is { } path && Directory.Exists(path);

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
            if (PathOf(uri) is { } path)
                return UseInPlace(path, digest);
            var artifact = await FetchAsync(uri, digest, progress, cancellation);
            if (artifact.CacheHit == true)
                metrics.ArtifactHit();
            return artifact;
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

    /// <summary>Where a file lies that is used there; null for what has to be fetched.</summary>
    private string? PathOf(Uri uri) =>
        uri.IsFile ? options.Mounts.Map(uri.LocalPath)
        : uri.Scheme == ArtifactUri.Claim ? options.Mounts.MapClaim(uri)
        : null;

    private Artifact UseInPlace(string path, string? digest)
    {
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

    private async Task<Artifact> FetchAsync(Uri uri, string? digest, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        var store = _store.Value;
        if (digest is not null && store.TryOpen(digest) is { } known)
            return new Artifact(known, cacheHit: true);
        var display = ArtifactUri.Display(uri);
        using var turn = await store.LockAsync(digest ?? DigestMemo.KeyOf(uri.AbsoluteUri), () => progress.Report(new(display, 0, null)), cancellation);
        if (digest is not null && store.TryOpen(digest) is { } fetchedMeanwhile)
            return new Artifact(fetchedMeanwhile, cacheHit: true);
        var started = time.GetTimestamp();
        for (var version = 1; version <= MaxVersions; version++)
        {
            if (await TryFetchAsync(store, uri, digest, progress, cancellation) is not { } artifact)
                continue;
            if (artifact.CacheHit == false)
                metrics.ArtifactFetched(uri.Scheme, time.GetElapsedTime(started));
            return artifact;
        }
        throw AssignmentException.Unavailable(
            $"'{display}' changed while it was downloaded, {MaxVersions} times in a row. Write artifacts under a new name, and name that.", retriable: true);
    }

    /// <summary>Downloads the current version, unless the cache has it; null when it is not the current one any more before all of it is here.</summary>
    private async Task<Artifact?> TryFetchAsync(BlobStore store, Uri uri, string? digest, IProgress<FetchProgress> progress, CancellationToken cancellation)
    {
        IArtifactSource source = uri.Scheme == ArtifactUri.S3 ? s3 : http;
        var memo = digest is null ? store.Memo.Read(uri.AbsoluteUri) : null;
        var remembered = memo is { } m ? store.TryOpen(m.Digest) : null;
        try
        {
            using var first = await source.OpenAsync(uri, new(Unless: remembered is null ? null : memo?.Validator), cancellation);
            if (first is null)
                return null;
            if (first.NotModified && remembered is { } unchanged)
            {
                remembered = null;
                return new Artifact(unchanged, cacheHit: true);
            }
            using var writer = await store.BeginWriteAsync(first.Length, cancellation);
            if (!await new ArtifactDownload(source, first, writer, options, progress, time).RunAsync(cancellation))
                return null;
            var actual = writer.Finish();
            if (digest is not null && actual != digest)
                throw AssignmentException.DigestMismatch($"'{ArtifactUri.Display(uri)}'", digest, actual);
            var file = await writer.CommitAsync(actual, cancellation);
            if (first.Validator is { } validator)
                store.Memo.Write(uri.AbsoluteUri, actual, validator);
            return new Artifact(file, cacheHit: false);
        }
        finally
        {
            remembered?.Dispose();
        }
    }
}
