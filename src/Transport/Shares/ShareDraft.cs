using System.Net.Sockets;
using System.Security.Cryptography;
using Hearth.Compute;

namespace Hearth.Transport.Shares;

/// <summary>An object that is being written. Nobody else sees it until it is sealed; disposed unsealed, or its process dead, it is gone.</summary>
public sealed class ShareDraft : IDisposable
{
    // What is digested is still in the processor's cache.
    private const int MostAtOnce = 1 << 20;

    private readonly NodeShare _share;
    private readonly ShareMapping _mapping;
    private int _isDone;

    internal ShareDraft(NodeShare share, string name, long length, ShareMapping mapping, HostBuffer? buffer = null)
    {
        _share = share;
        _mapping = mapping;
        Name = name;
        Length = length;
        Buffer = buffer ?? mapping.ToBuffer(length);
    }

    /// <summary>The name it will have.</summary>
    public string Name { get; }

    /// <summary>Bytes; all have memory of their own, whose content is undefined.</summary>
    public long Length { get; }

    /// <summary>The bytes, to be written.</summary>
    public HostBuffer Buffer { get; }

    /// <summary>Fills it from its beginning, straight from where the source's reads leave the bytes: of a request's body that is one copy, out of the server's buffer.</summary>
    /// <param name="source">What is read to its end.</param>
    /// <param name="digest">Is given every byte, when not null.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>Bytes; fewer than the length when the source had fewer.</returns>
    /// <exception cref="InvalidDataException">The source has more bytes than the draft.</exception>
    public async Task<long> FillAsync(Stream source, IncrementalHash? digest, CancellationToken cancel)
    {
        long filled = 0;
        while (filled < Length)
        {
            var target = Buffer.AsMemory(filled, (int)Math.Min(MostAtOnce, Length - filled));
            var count = await source.ReadAsync(target, cancel);
            if (count == 0)
                return filled;
            digest?.AppendData(target.Span[..count]);
            _share.Counters.AddCopied(count);
            filled += count;
        }
        return await source.ReadAsync(new byte[1], cancel) == 0
            ? filled
            : throw new InvalidDataException($"What was to fill object \"{Name}\" is longer than its {Length} bytes.");
    }

    /// <summary>Fills it from its beginning with exactly its length, by the system, straight from the socket.</summary>
    /// <param name="source">Not closed, nor read beyond.</param>
    /// <param name="digest">Is given every byte, when not null.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="EndOfStreamException">The peer closed the connection before.</exception>
    public async Task ReceiveAsync(Socket source, IncrementalHash? digest, CancellationToken cancel)
    {
        for (long filled = 0; filled < Length;)
        {
            var target = Buffer.AsMemory(filled, (int)Math.Min(MostAtOnce, Length - filled));
            var count = await source.ReceiveAsync(target, cancel);
            if (count == 0)
                throw new EndOfStreamException($"Of object \"{Name}\" {filled} of {Length} bytes came.");
            digest?.AppendData(target.Span[..count]);
            _share.Counters.AddReceived(count);
            filled += count;
        }
    }

    /// <summary>Makes it immutable and visible under its name, at once and whole, and gives a lease of it. The draft is done.</summary>
    /// <exception cref="ShareException">The owner got an object of that name meanwhile.</exception>
    public ShareObject Seal() => Seal(Length);

    /// <summary>As <see cref="Seal()"/>, of the first <paramref name="length"/> bytes; the memory of the others is given back.</summary>
    /// <exception cref="ShareException">The owner got an object of that name meanwhile.</exception>
    public ShareObject Seal(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        ObjectDisposedException.ThrowIf(Interlocked.Exchange(ref _isDone, 1) != 0, this);
        try
        {
            var entry = _share.Seal(Name, _mapping, Length, length);
            // The buffer goes over to the object: two that own one mapping would end it twice.
            Buffer.Truncate(length);
            return new ShareObject(entry, _mapping, Buffer, canBeReopened: true);
        }
        catch
        {
            Discard();
            throw;
        }
    }

    /// <summary>Gives up what was not sealed.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0)
            Discard();
    }

    private void Discard()
    {
        Buffer.Dispose();
        _share.Discard(Name, Length);
    }
}
