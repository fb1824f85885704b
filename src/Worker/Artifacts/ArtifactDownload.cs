using System.Buffers;

namespace Hearth.Worker.Artifacts;

/// <summary>Brings one version of an artifact to disk: goes on where a transfer broke, and fetches a large artifact in several chunks at a time.</summary>
internal sealed class ArtifactDownload(
    IArtifactSource source, ArtifactPart first, BlobWriter target, ArtifactCacheOptions options, IProgress<FetchProgress> progress, TimeProvider time)
{
    private const int BufferLength = 256 * 1024;

    // Tries that bring less than a mebibyte each, before it is given up.
    private const int MaxFailures = 4;
    private const long GoodTry = 1 << 20;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    private readonly Lock _reporting = new();
    private readonly string _display = ArtifactUri.Display(first.Uri);
    private long _received;
    private volatile bool _changed;

    /// <summary>Downloads all of it.</summary>
    /// <returns>False when the source has another version now; what was written is of no use then.</returns>
    /// <exception cref="AssignmentException">The connection broke or stalled again and again, or the body is larger than the cache may be.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellation)
    {
        progress.Report(new(_display, 0, first.Length));
        if (first is { Length: { } length, CanResume: true, HasRanges: true } && length >= options.ChunkedFrom)
            await RunChunksAsync(length, cancellation);
        else
            await CopyAsync(first, new Segment { End = first.Length }, cancellation);
        return !_changed;
    }

    private async Task RunChunksAsync(long length, CancellationToken cancellation)
    {
        var chunks = (int)((length + options.ChunkBytes - 1) / options.ChunkBytes);
        var (done, complete) = (new bool[chunks], 0);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.Chunks, CancellationToken = cancellation };
        await Parallel.ForAsync(0, chunks, parallel, async (chunk, stop) =>
        {
            var from = chunk * options.ChunkBytes;
            await CopyAsync(chunk == 0 ? first : null, new Segment { Position = from, End = Math.Min(from + options.ChunkBytes, length) }, stop);
            lock (done)
            {
                done[chunk] = true;
                while (complete < chunks && done[complete])
                    complete++;
            }
            if (!_changed)
                target.HashUpTo(Math.Min(complete * options.ChunkBytes, length));
        });
    }

    /// <summary>Copies a segment, by as many requests as it takes.</summary>
    private async Task CopyAsync(ArtifactPart? opened, Segment segment, CancellationToken cancellation)
    {
        for (var failures = 0; !_changed; opened = null)
        {
            var before = segment.Position;
            try
            {
                using var part = opened ?? await source.OpenAsync(first.Uri, new(null, first.Validator, segment.Position, segment.End), cancellation);
                if (part is null)
                    _changed = true;
                else
                    await CopyPartAsync(part, segment, cancellation);
                return;
            }
            catch (AssignmentException e) when (e.Failure.Retriable && first.CanResume)
            {
                failures = segment.Position - before >= GoodTry ? 1 : failures + 1;
                if (failures == MaxFailures)
                    throw;
            }
            if (failures > 1)
                await Task.Delay(FirstPause * (1 << (failures - 2)), time, cancellation);
        }
    }

    private async Task CopyPartAsync(ArtifactPart part, Segment segment, CancellationToken cancellation)
    {
        using var patience = new Patience(options.StallTimeout, time, cancellation);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            using var body = await part.OpenAsync(cancellation);
            for (var offset = part.Offset; segment.Position < (segment.End ?? long.MaxValue);)
            {
                var read = await ReadAsync(part.Uri, body, buffer, patience, cancellation);
                if (read == 0 && segment.End is { } end)
                    throw SourceFailure.BrokeOff(part.Uri, $"it ended {end - segment.Position} bytes too early", null);
                if (read == 0)
                    return;
                var known = (int)Math.Clamp(segment.Position - offset, 0, read);
                var news = (int)Math.Min(read - known, (segment.End ?? long.MaxValue) - segment.Position);
                target.Write(segment.Position, buffer.AsSpan(known, news));
                segment.Position += news;
                offset += read;
                Count(news);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<int> ReadAsync(Uri uri, Stream body, byte[] buffer, Patience patience, CancellationToken cancellation)
    {
        try
        {
            var read = await body.ReadAsync(buffer, patience.Token);
            patience.Received(read);
            return read;
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw SourceFailure.Stalled(uri, options.StallTimeout, patience.Bytes, e);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // Caught here, where it can only be the network: from the caller's view a disk's refusal looks the same.
            throw SourceFailure.BrokeOff(uri, e.Message, e);
        }
    }

    private void Count(int bytes)
    {
        var received = Interlocked.Add(ref _received, bytes);
        if (first.Length is null && received > options.MaxBytes)
        {
            throw AssignmentException.Unavailable(
                $"'{_display}' has more than the {options.MaxBytes} bytes that the cache may hold. Raise artifactCache.sizeLimit of the WorkerPool.", retriable: false);
        }
        lock (_reporting)
            progress.Report(new(_display, received, first.Length));
    }

    /// <summary>Bytes that one after another are copied.</summary>
    private sealed class Segment
    {
        public long Position { get; set; }

        public long? End { get; init; }
    }
}
