using System.IO.Pipelines;

namespace Hearth.Gateway.Forwarding;

/// <summary>Copies the body of a worker's answer over HTTP/1.1 to the caller.</summary>
/// <remarks>
/// What has arrived goes on as soon as nothing more is there to read, so an event stream is never held back, and a small answer leaves in one write
/// together with its head. A large body is received where the server sends it from.
/// </remarks>
internal static class AnswerBody
{
    /// <summary>Bytes to receive and send at once.</summary>
    private const int PartSize = 64 * 1024;

    /// <summary>Copies the whole body. Returns its trailers, null when there are none.</summary>
    /// <exception cref="IOException">The worker broke off.</exception>
    /// <exception cref="InvalidDataException">The body breaks HTTP's rules.</exception>
    public static async ValueTask<List<HeaderLine>?> CopyAsync(WorkerConnection from, AnswerHead head, PipeWriter to, CancellationToken cancel)
    {
        switch (head.Framing)
        {
            case AnswerFraming.Length when head.ContentLength <= from.Received.Length:
                Copy(from, (int)head.ContentLength, to);
                return null;
            case AnswerFraming.Length:
                await CopyDirectlyAsync(from, head.ContentLength, to, cancel);
                return null;
            case AnswerFraming.UntilClose:
                await CopyDirectlyAsync(from, null, to, cancel);
                return null;
            case AnswerFraming.Chunked:
                return await CopyChunksAsync(from, to, cancel);
            default:
                return null;
        }
    }

    private static async ValueTask CopyDirectlyAsync(WorkerConnection from, long? length, PipeWriter to, CancellationToken cancel)
    {
        var left = (length ?? long.MaxValue) - from.Received.Length;
        Copy(from, from.Received.Length, to);
        while (true)
        {
            // Before the memory for the next part is taken: it is void after a flush.
            await to.FlushAsync(cancel);
            if (left == 0)
                return;
            var memory = to.GetMemory((int)Math.Min(left, PartSize));
            var received = await from.ReceiveAsync(left < memory.Length ? memory[..(int)left] : memory);
            if (received == 0 && length is null)
                return;
            if (received == 0)
                throw new IOException($"the worker closed the connection {left} bytes before the end of its answer");
            to.Advance(received);
            left -= received;
        }
    }

    private static async ValueTask<List<HeaderLine>?> CopyChunksAsync(WorkerConnection from, PipeWriter to, CancellationToken cancel)
    {
        var decoder = new ChunkDecoder();
        var unflushed = 0;
        var isHeadSent = false;
        while (true)
        {
            unflushed += Decode(from, ref decoder, to);
            if (decoder.IsDone)
                return decoder.Trailers;
            var receiving = from.ReceiveMoreAsync(ChunkDecoder.MaxLine * 2);
            if ((!receiving.IsCompleted && (unflushed > 0 || !isHeadSent)) || unflushed >= PartSize)
            {
                await to.FlushAsync(cancel);
                isHeadSent = true;
                unflushed = 0;
            }
            from.Add(await receiving);
        }
    }

    private static int Decode(WorkerConnection from, ref ChunkDecoder decoder, PipeWriter to)
    {
        var written = 0;
        while (decoder.TryRead(from.Received.Span, out var consumed, out var data))
        {
            if (!data.IsEmpty)
                Write(data, to);
            written += data.Length;
            from.Consume(consumed);
        }
        return written;
    }

    private static void Copy(WorkerConnection from, int count, PipeWriter to)
    {
        if (count == 0)
            return;
        Write(from.Received.Span[..count], to);
        from.Consume(count);
    }

    // Not PipeWriter.Write: it asks for memory without a size, and Kestrel may then give none while the head is unsent.
    private static void Write(ReadOnlySpan<byte> data, PipeWriter to)
    {
        data.CopyTo(to.GetSpan(data.Length));
        to.Advance(data.Length);
    }
}
