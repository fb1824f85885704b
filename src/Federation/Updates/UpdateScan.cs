using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;

namespace Hearth.Federation.Updates;

/// <summary>Hashes an update as its bytes come, and looks at the header and every element while the processor's cache still has them.</summary>
/// <remarks>It only finds that nothing is wrong. What is, where it does not call an update sound, <see cref="UpdateCheck"/> says.</remarks>
/// <param name="layout">What the update is to be.</param>
/// <param name="length">Bytes that are to come; null where that is not known, and then nothing is looked at.</param>
internal sealed class UpdateScan(ModelLayout layout, long? length) : IDisposable
{
    /// <summary>Bytes to append at once: what a core's own cache has room for.</summary>
    public const int PieceLength = 256 << 10;

    // Longer headers are looked at where they lie, rather than kept twice.
    private const int MostHeaderBytes = 1 << 20;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _header = new();
    private readonly byte[] _cut = new byte[sizeof(float)];
    private int _cutLength;
    private bool _hasHeader;
    private bool _isClear = length is not null;

    /// <summary>Bytes that came.</summary>
    public long Received { get; private set; }

    /// <summary>Whether all came, and all of it is well.</summary>
    public bool IsSound => _isClear && _hasHeader && Received == length;

    /// <summary>Takes in the next bytes.</summary>
    public void Append(ReadOnlySpan<byte> piece)
    {
        _hash.AppendData(piece);
        Received += piece.Length;
        if (!_isClear)
            return;
        if (!_hasHeader)
            piece = TakeHeader(piece);
        if (_hasHeader)
            Look(piece);
    }

    /// <summary>The SHA-256 of all that came, in lower-case hexadecimal digits. Once.</summary>
    public string EndDigest() => Convert.ToHexStringLower(_hash.GetHashAndReset());

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();

    /// <summary>Returns what lies behind the header.</summary>
    private ReadOnlySpan<byte> TakeHeader(ReadOnlySpan<byte> piece)
    {
        try
        {
            piece = TakeUntil(SafetensorsHeader.PrefixLength, piece);
            if (_header.WrittenCount < SafetensorsHeader.PrefixLength)
                return [];
            var end = SafetensorsHeader.PrefixLength + SafetensorsHeader.ReadLength(_header.WrittenSpan, length!.Value);
            _isClear = end <= MostHeaderBytes;
            if (!_isClear)
                return [];
            piece = TakeUntil(end, piece);
            if (_header.WrittenCount < end)
                return [];
            _isClear = layout.FindFaults(SafetensorsHeader.Parse(_header.WrittenSpan[SafetensorsHeader.PrefixLength..], length.Value - end)).Count == 0;
            _hasHeader = _isClear;
            return piece;
        }
        catch (SafetensorsFormatException)
        {
            _isClear = false;
            return [];
        }
    }

    private ReadOnlySpan<byte> TakeUntil(int end, ReadOnlySpan<byte> piece)
    {
        var count = Math.Clamp(end - _header.WrittenCount, 0, piece.Length);
        _header.Write(piece[..count]);
        return piece[count..];
    }

    /// <summary>Looks at elements, all of which are 32-bit floats where the header is the layout's; one may be cut by the end of a piece.</summary>
    private void Look(ReadOnlySpan<byte> piece)
    {
        if (_cutLength > 0)
        {
            var count = Math.Min(_cut.Length - _cutLength, piece.Length);
            piece[..count].CopyTo(_cut.AsSpan(_cutLength));
            piece = piece[count..];
            _cutLength += count;
            if (_cutLength < _cut.Length)
                return;
            _isClear &= float.IsFinite(MemoryMarshal.Read<float>(_cut));
        }
        var elements = MemoryMarshal.Cast<byte, float>(piece);
        // Of no elements it says no.
        _isClear &= elements.IsEmpty || TensorPrimitives.IsFiniteAll(elements);
        piece = piece[(elements.Length * sizeof(float))..];
        piece.CopyTo(_cut);
        _cutLength = piece.Length;
    }
}
