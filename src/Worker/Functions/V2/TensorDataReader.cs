using System.Runtime.InteropServices;
using System.Text.Json;
using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>Reads a <c>data</c> array, flat or nested, into a tensor.</summary>
internal sealed class TensorDataReader : IDisposable
{
    private readonly string _name;
    private readonly DataType _type;
    private readonly TensorShape _shape;
    private readonly int _size;
    private HostBuffer? _buffer;
    private long _length;
    private long _count;
    private int _depth;

    /// <summary>Prepares to read.</summary>
    /// <param name="name">The input, for faults.</param>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">Dimensions; the caller has made sure that so many elements fit in the body.</param>
    public TensorDataReader(string name, DataType type, TensorShape shape)
    {
        (_name, _type, _shape) = (name, type, shape);
        _size = type.Size();
        _buffer = HostBuffer.Allocate(type == DataType.Bytes ? BytesElements.PrefixLength * shape.ElementCount : HostTensor.ByteLength(type, shape));
    }

    /// <summary>Reads tokens, beginning with the array's start, until the array or the reader ends.</summary>
    /// <returns>Whether the array ended.</returns>
    /// <exception cref="V2Exception">An element is not of the type.</exception>
    public bool Read(ref Utf8JsonReader reader)
    {
        do
        {
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                _depth++;
            }
            else if (reader.TokenType == JsonTokenType.EndArray)
            {
                if (--_depth == 0)
                    return true;
            }
            else
            {
                // Elements beyond the shape are only counted, for the fault that names both numbers.
                if (_count < _shape.ElementCount)
                    Store(ref reader);
                _count++;
            }
        }
        while (reader.Read());
        return false;
    }

    /// <summary>The tensor, which then belongs to the caller; null with a fault when there were too few or too many elements.</summary>
    public HostTensor? Finish(out string? fault)
    {
        fault = null;
        if (_count != _shape.ElementCount)
        {
            fault = $"input '{_name}': shape {_shape} takes {_shape.ElementCount} elements, data has {_count}";
            return null;
        }
        var buffer = _buffer!;
        if (_type == DataType.Bytes)
            buffer.Truncate(_length);
        _buffer = null;
        return new HostTensor(_type, _shape, buffer);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer?.Dispose();

    private void Store(ref Utf8JsonReader reader)
    {
        if (_type == DataType.Bytes)
            StoreBytes(ref reader);
        else if (!ElementReader.TryRead(_type, ref reader, _buffer!.AsSpan(_count * _size, _size)))
            throw Mismatch(ref reader);
    }

    private void StoreBytes(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Mismatch(ref reader);
        // Unescaping never makes a string longer.
        var most = BytesElements.PrefixLength + (long)reader.ValueSpan.Length;
        if (_length + most > _buffer!.Length)
            _buffer.Grow(Math.Max(2 * _buffer.Length, _length + most));
        var target = _buffer.AsSpan(_length, (int)most);
        var written = reader.CopyString(target[BytesElements.PrefixLength..]);
        MemoryMarshal.Write(target, written);
        _length += BytesElements.PrefixLength + written;
    }

    private V2Exception Mismatch(ref Utf8JsonReader reader)
    {
        var text = reader.TokenType is JsonTokenType.Number or JsonTokenType.String && reader.ValueSpan.Length <= 64
            ? System.Text.Encoding.UTF8.GetString(reader.ValueSpan)
            : reader.TokenType.ToString();
        return V2Exception.BadRequest($"input '{_name}': data[{_count}] is {text}, expected {V2DataType.NameOf(_type)}");
    }
}
