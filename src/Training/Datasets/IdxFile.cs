using System.Buffers.Binary;
using System.IO.Compression;
using Hearth.Compute;

namespace Hearth.Training.Datasets;

/// <summary>A file in the IDX format of the MNIST database (http://yann.lecun.com/exdb/mnist), plain or compressed by gzip.</summary>
/// <remarks>
/// Two zero bytes, a byte for the element type, one for the rank, a big-endian 32-bit size for each dimension, the elements. Compression is
/// recognised by its first bytes, not by the file's name. Offsets in messages count in what is left after decompression.
/// </remarks>
internal sealed class IdxFile
{
    private const int PrefixLength = 4;
    private const int SizeLength = 4;

    // What one span of bytes can be; more needs another format.
    private static readonly long MaxBytes = Array.MaxLength;

    private readonly string _path;
    private readonly byte[] _content;
    private readonly int _start;
    private readonly IdxType _type;

    private IdxFile(string path, byte[] content, IdxType type, TensorShape shape)
    {
        (_path, _content, _type, Shape) = (path, content, type, shape);
        _start = PrefixLength + (SizeLength * shape.Rank);
    }

    /// <summary>Dimensions, the first being the number of items.</summary>
    public TensorShape Shape { get; }

    private long ElementCount => Shape.ElementCount;

    /// <summary>Reads and checks a file.</summary>
    /// <exception cref="DatasetException">It is malformed.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IdxFile Read(string path)
    {
        var content = ReadContent(path);
        if (content.Length < PrefixLength || content[0] != 0 || content[1] != 0)
        {
            var found = content.Length == 0 ? "nothing" : Convert.ToHexString(content.AsSpan(0, Math.Min(content.Length, PrefixLength)));
            throw new DatasetException(path, $"an IDX file begins with 0000, an element type and a rank, found {found}");
        }
        var type = (IdxType)content[2];
        if (SizeOf(type) == 0)
            throw new DatasetException(path, $"at byte 2 an element type 08, 09, 0B, 0C, 0D or 0E is expected, found {content[2]:X2}");
        var header = PrefixLength + (SizeLength * content[3]);
        if (content[3] == 0 || content.Length < header)
            throw new DatasetException(path, $"at byte 3 a rank from 1 is expected, with {SizeLength} bytes for each dimension behind it, found {content[3]} and {content.Length - PrefixLength} bytes");
        var dimensions = Enumerable.Range(0, content[3]).Select(i => (long)BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(PrefixLength + (SizeLength * i)))).ToArray();
        if (!TensorShape.TryCreate(dimensions, out var shape) || shape.ElementCount > MaxBytes)
            throw new DatasetException(path, $"at byte {PrefixLength} the dimensions {TensorShape.Format(dimensions)} have more elements than a file can hold");
        var expected = header + (shape.ElementCount * SizeOf(type));
        if (content.Length != expected)
            throw new DatasetException(path, $"its dimensions {shape} of {SizeOf(type)}-byte elements make {expected} bytes, found {content.Length}: bring it here whole");
        return new IdxFile(path, content, type, shape);
    }

    /// <summary>The elements.</summary>
    /// <exception cref="DatasetException">One is not finite.</exception>
    public float[] ToFeatures()
    {
        var features = new float[ElementCount];
        for (var i = 0; i < features.Length; i++)
        {
            features[i] = (float)ElementAt(i);
            if (!float.IsFinite(features[i]))
                throw new DatasetException(_path, $"at byte {_start + ((long)i * SizeOf(_type))} a finite number is expected, found {ElementAt(i)}");
        }
        return features;
    }

    /// <summary>The elements as indices of classes.</summary>
    /// <exception cref="DatasetException">One is no whole number from 0 to less than <paramref name="limit"/>.</exception>
    public int[] ToLabels(int limit)
    {
        var labels = new int[ElementCount];
        for (var i = 0; i < labels.Length; i++)
        {
            var label = ElementAt(i);
            if (label < 0 || label >= limit || label != Math.Floor(label))
                throw new DatasetException(_path, $"at byte {_start + ((long)i * SizeOf(_type))} a class from 0 to {limit - 1} is expected, found {label}: name a class for every label, or other data");
            labels[i] = (int)label;
        }
        return labels;
    }

    private static byte[] ReadContent(string path)
    {
        using var file = File.OpenRead(path);
        var isGzip = file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
        file.Position = 0;
        using Stream content = isGzip ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var memory = new MemoryStream();
        try
        {
            var chunk = new byte[1 << 16];
            while (content.Read(chunk) is var read and > 0)
            {
                if (memory.Length + read > MaxBytes)
                    throw new DatasetException(path, $"it has more than {MaxBytes} bytes");
                memory.Write(chunk, 0, read);
            }
        }
        catch (InvalidDataException e)
        {
            throw new DatasetException(path, $"its gzip compression breaks off or is damaged behind {memory.Length} bytes", e);
        }
        return memory.ToArray();
    }

    private static int SizeOf(IdxType type) => type switch
    {
        IdxType.U8 or IdxType.I8 => 1,
        IdxType.I16 => 2,
        IdxType.I32 or IdxType.F32 => 4,
        IdxType.F64 => 8,
        _ => 0,
    };

    private double ElementAt(int index)
    {
        var bytes = _content.AsSpan(_start + (index * SizeOf(_type)));
        return _type switch
        {
            IdxType.U8 => bytes[0],
            IdxType.I8 => (sbyte)bytes[0],
            IdxType.I16 => BinaryPrimitives.ReadInt16BigEndian(bytes),
            IdxType.I32 => BinaryPrimitives.ReadInt32BigEndian(bytes),
            IdxType.F32 => BinaryPrimitives.ReadSingleBigEndian(bytes),
            _ => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        };
    }
}
