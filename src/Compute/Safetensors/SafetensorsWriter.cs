using System.Collections.Frozen;

namespace Hearth.Compute.Safetensors;

/// <summary>Writes safetensors content to a stream, piece by piece: nothing but the header is held.</summary>
/// <remarks>Larger element types come first, then names count: see <see cref="Header"/> for the order in which bytes are wanted.</remarks>
public sealed class SafetensorsWriter
{
    // Large enough that a write costs little against copying, small enough for a span.
    private const int ChunkLength = 1 << 24;

    private readonly Stream _target;
    private readonly ReadOnlyMemory<byte> _start;
    private bool _started;
    private long _written;

    /// <summary>Lays out the tensors; writes nothing yet.</summary>
    /// <exception cref="ArgumentException">A name occurs twice or is <c>__metadata__</c>, or the format has no name for a type.</exception>
    public SafetensorsWriter(
        Stream target,
        IEnumerable<(string Name, DataType Type, TensorShape Shape)> tensors,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        _target = target;
        (Header, _start) = SafetensorsLayout.Create(tensors, metadata ?? FrozenDictionary<string, string>.Empty);
    }

    /// <summary>The header to be; its tensors stand in the order in which their bytes are to be written.</summary>
    public SafetensorsHeader Header { get; }

    /// <summary>Writes tensors that are in memory.</summary>
    public static async Task WriteAsync(
        Stream target,
        IReadOnlyDictionary<string, HostTensor> tensors,
        IReadOnlyDictionary<string, string>? metadata = null,
        CancellationToken cancellationToken = default)
    {
        var writer = new SafetensorsWriter(target, tensors.Select(t => (t.Key, t.Value.Type, t.Value.Shape)), metadata);
        foreach (var entry in writer.Header.Tensors)
            await writer.WriteAsync(tensors[entry.Name].Buffer, cancellationToken);
        await writer.CompleteAsync(cancellationToken);
    }

    /// <summary>Writes the next bytes of the data.</summary>
    /// <exception cref="InvalidOperationException">They are more than the header leaves room for.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default)
    {
        if (data.Length > Header.DataLength - _written)
            throw new InvalidOperationException($"{data.Length} more bytes do not fit: {_written} of {Header.DataLength} bytes of tensors are written.");
        await StartAsync(cancellationToken);
        await _target.WriteAsync(data, cancellationToken);
        _written += data.Length;
    }

    /// <summary>Writes a whole buffer as the next bytes of the data.</summary>
    public async ValueTask WriteAsync(HostBuffer data, CancellationToken cancellationToken = default)
    {
        for (long offset = 0; offset < data.Length; offset += ChunkLength)
            await WriteAsync(data.AsMemory(offset, (int)Math.Min(ChunkLength, data.Length - offset)), cancellationToken);
    }

    /// <summary>Ends the content and flushes the stream, which stays open.</summary>
    /// <exception cref="InvalidOperationException">Bytes that the header announces were not written.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken = default)
    {
        if (_written != Header.DataLength)
            throw new InvalidOperationException($"{_written} of {Header.DataLength} bytes of tensors are written; write the rest before completing.");
        await StartAsync(cancellationToken);
        await _target.FlushAsync(cancellationToken);
    }

    private async ValueTask StartAsync(CancellationToken cancellationToken)
    {
        if (_started)
            return;
        _started = true;
        await _target.WriteAsync(_start, cancellationToken);
    }
}
