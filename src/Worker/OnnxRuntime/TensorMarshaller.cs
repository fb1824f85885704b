using System.Buffers.Binary;
using Hearth.Compute;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>Our tensors and ONNX Runtime's values. Numbers are shared, strings are copied.</summary>
internal static unsafe class TensorMarshaller
{
    /// <summary>A value over the tensor's memory, which must outlive it; a copy where the elements are strings.</summary>
    public static OrtHandle ToOrtValue(OrtEnv env, HostTensor tensor)
    {
        var native = env.Native;
        var dimensions = tensor.Shape.Dimensions.AsSpan();
        nint value;
        fixed (long* shape = dimensions)
        {
            if (tensor.Type == DataType.Bytes)
            {
                native.Check(native.CreateTensorAsOrtValue(env.Allocator, shape, (nuint)dimensions.Length, OnnxElementType.String, &value));
            }
            else
            {
                native.Check(native.CreateTensorWithDataAsOrtValue(
                    env.CpuMemory, tensor.Buffer.Address, (nuint)tensor.Buffer.Length, shape, (nuint)dimensions.Length, tensor.Type.ToOnnx(), &value));
            }
        }
        var handle = env.Own(value, native.ReleaseValue);
        try
        {
            if (tensor.Type == DataType.Bytes)
                FillStrings(native, value, tensor.Buffer.AsSpan());
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>A tensor over the value's memory, which it then owns; a copy where the elements are strings.</summary>
    public static HostTensor ToHostTensor(OrtEnv env, OrtHandle value)
    {
        var native = env.Native;
        nint info;
        native.Check(native.GetTensorTypeAndShape(value.Value, &info));
        using var infoOwner = env.Own(info, native.ReleaseTensorTypeAndShapeInfo);
        OnnxElementType type;
        native.Check(native.GetTensorElementType(info, &type));
        nuint rank;
        native.Check(native.GetDimensionsCount(info, &rank));
        var dimensions = new long[rank];
        fixed (long* dimension = dimensions)
            native.Check(native.GetDimensions(info, dimension, rank));
        var shape = TensorShape.Of(dimensions);
        var dataType = type.ToDataType() ?? throw new NotSupportedException($"An output has element type {type}, which Hearth does not serve.");
        if (dataType == DataType.Bytes)
        {
            var strings = new HostTensor(dataType, shape, CopyStrings(native, value.Value, shape.ElementCount));
            value.Dispose();
            return strings;
        }
        nint address;
        native.Check(native.GetTensorMutableData(value.Value, &address));
        return new HostTensor(dataType, shape, HostBuffer.Wrap(address, HostTensor.ByteLength(dataType, shape), value));
    }

    private static void FillStrings(OnnxRuntimeNative native, nint value, ReadOnlySpan<byte> encoded)
    {
        nuint index = 0;
        foreach (var element in new BytesElements(encoded))
        {
            byte* target;
            native.Check(native.GetResizedStringTensorElementBuffer(value, index++, (nuint)element.Length, &target));
            element.CopyTo(new Span<byte>(target, element.Length));
        }
    }

    private static HostBuffer CopyStrings(OnnxRuntimeNative native, nint value, long count)
    {
        nuint length;
        native.Check(native.GetStringTensorDataLength(value, &length));
        using var content = HostBuffer.Allocate((long)length);
        var offsets = new nuint[count];
        fixed (nuint* offset = offsets)
            native.Check(native.GetStringTensorContent(value, (byte*)content.Address, length, offset, (nuint)offsets.Length));
        var encoded = HostBuffer.Allocate(checked((long)length + (BytesElements.PrefixLength * count)));
        var target = encoded.AsSpan();
        for (var i = 0; i < offsets.Length; i++)
        {
            var end = i + 1 < offsets.Length ? offsets[i + 1] : length;
            var element = content.AsSpan((long)offsets[i], (int)(end - offsets[i]));
            BinaryPrimitives.WriteInt32LittleEndian(target, element.Length);
            element.CopyTo(target[BytesElements.PrefixLength..]);
            target = target[(BytesElements.PrefixLength + element.Length)..];
        }
        return encoded;
    }
}
