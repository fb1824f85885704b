using System.IO.Pipelines;

namespace Hearth.Gateway.Forwarding;

/// <summary>The caller's body, which can be sent again while it is small.</summary>
/// <remarks>
/// The bytes stay in the server's own input pipe until more than <paramref name="replayBytes"/> have been read, so nothing is copied
/// to make a body replayable. From then on they are consumed as they are sent.
/// </remarks>
internal sealed class RequestBody(PipeReader reader, int replayBytes)
{
    private volatile bool _isStopping;

    /// <summary>Whether a new attempt can send the body from its start.</summary>
    public bool CanReplay { get; private set; } = true;

    /// <summary>What went wrong while reading from the caller; null when nothing did.</summary>
    public Exception? ReadError { get; private set; }

    /// <summary>Whether a body of <paramref name="length"/> bytes, null when that is unknown, stays replayable to its end.</summary>
    public bool FitsReplay(long? length) => length <= replayBytes;

    /// <summary>
    /// Ends an attempt that <paramref name="copying"/> runs, and waits until it reads no more from the caller. A worker may answer before it has read the
    /// whole body, and the server takes the caller's body back once the request is over.
    /// </summary>
    public async Task StopAsync(Task copying)
    {
        _isStopping = true;
        reader.CancelPendingRead();
        await copying.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _isStopping = false;
    }

    /// <summary>Sends the body, from its start, to a worker.</summary>
    public async Task CopyToAsync(Stream destination, CancellationToken cancel)
    {
        if (!CanReplay)
            throw new InvalidOperationException("The body was consumed by an earlier attempt and cannot be sent again.");
        long kept = 0;
        while (true)
        {
            var read = await ReadAsync(cancel);
            var buffer = read.Buffer;
            if (read.IsCanceled)
            {
                // By an attempt that was stopped: this one, or one before it that had just read to the end.
                reader.AdvanceTo(buffer.Start);
                if (_isStopping)
                    throw new OperationCanceledException("The attempt to send the body was stopped.");
                continue;
            }
            try
            {
                foreach (var segment in buffer.Slice(kept))
                    await destination.WriteAsync(segment, cancel);
            }
            catch
            {
                reader.AdvanceTo(buffer.Start);
                throw;
            }
            CanReplay = CanReplay && buffer.Length <= replayBytes;
            kept = CanReplay ? buffer.Length : 0;
            reader.AdvanceTo(CanReplay ? buffer.Start : buffer.End, buffer.End);
            if (read.IsCompleted)
                return;
            // The caller may wait for an answer to what it has sent so far.
            await destination.FlushAsync(cancel);
        }
    }

    private async ValueTask<ReadResult> ReadAsync(CancellationToken cancel)
    {
        try
        {
            return await reader.ReadAsync(cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancel.IsCancellationRequested)
        {
            ReadError = e;
            throw;
        }
    }
}
