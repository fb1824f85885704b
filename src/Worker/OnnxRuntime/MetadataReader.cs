using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using Hearth.Worker.Models;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>Reads what a session tells about its model.</summary>
internal static unsafe class MetadataReader
{
    private const int OnnxTypeTensor = 1;

    /// <summary>The inputs, in the graph's order.</summary>
    /// <exception cref="NotSupportedException">One is not a tensor, or of a type that Hearth does not serve.</exception>
    public static ImmutableArray<TensorMetadata> ReadInputs(OrtEnv env, OrtHandle session)
    {
        var native = env.Native;
        return [.. ReadAll(env, session, native.SessionGetInputCount, native.SessionGetInputName, native.SessionGetInputTypeInfo)
            .Select(i => i.Tensor ?? throw new NotSupportedException($"Input '{i.Name}' of the model is no tensor of a type that Hearth serves."))];
    }

    /// <summary>The outputs that are tensors of a type that Hearth serves, in the graph's order.</summary>
    public static ImmutableArray<TensorMetadata> ReadOutputs(OrtEnv env, OrtHandle session)
    {
        var native = env.Native;
        return [.. ReadAll(env, session, native.SessionGetOutputCount, native.SessionGetOutputName, native.SessionGetOutputTypeInfo)
            .Select(o => o.Tensor)
            .OfType<TensorMetadata>()];
    }

    /// <summary>What the model says about itself.</summary>
    public static ModelMetadata ReadModel(OrtEnv env, OrtHandle session)
    {
        var native = env.Native;
        nint value;
        native.Check(native.SessionGetModelMetadata(session.Value, &value));
        using var metadata = env.Own(value, native.ReleaseModelMetadata, session);
        long version;
        native.Check(native.ModelMetadataGetVersion(value, &version));
        return new(
            ReadText(env, value, native.ModelMetadataGetProducerName), ReadText(env, value, native.ModelMetadataGetGraphName),
            ReadText(env, value, native.ModelMetadataGetDescription), version, ReadCustom(env, value));
    }

    /// <summary>Name and type of each input or output; no type where Hearth does not serve it.</summary>
    private static (string Name, TensorMetadata? Tensor)[] ReadAll(
        OrtEnv env, OrtHandle session, delegate* unmanaged<nint, nuint*, nint> getCount, delegate* unmanaged<nint, nuint, nint, byte**, nint> getName,
        delegate* unmanaged<nint, nuint, nint*, nint> getTypeInfo)
    {
        nuint count;
        env.Native.Check(getCount(session.Value, &count));
        var all = new (string, TensorMetadata?)[count];
        for (nuint i = 0; i < count; i++)
        {
            byte* name;
            env.Native.Check(getName(session.Value, i, env.Allocator, &name));
            var text = env.TakeString(name);
            nint info;
            env.Native.Check(getTypeInfo(session.Value, i, &info));
            all[i] = (text, ReadTensor(env, text, info));
        }
        return all;
    }

    private static string ReadText(OrtEnv env, nint metadata, delegate* unmanaged<nint, nint, byte**, nint> get)
    {
        byte* text;
        env.Native.Check(get(metadata, env.Allocator, &text));
        return env.TakeString(text);
    }

    private static Dictionary<string, string> ReadCustom(OrtEnv env, nint metadata)
    {
        byte** keys;
        long count;
        env.Native.Check(env.Native.ModelMetadataGetCustomMetadataMapKeys(metadata, env.Allocator, &keys, &count));
        var names = new string[count];
        for (var i = 0; i < names.Length; i++)
            names[i] = env.TakeString(keys[i]);
        if (keys is not null)
            env.Native.Check(env.Native.AllocatorFree(env.Allocator, keys));
        var custom = new Dictionary<string, string>(names.Length);
        foreach (var name in names)
        {
            byte* value;
            fixed (byte* key = Encoding.UTF8.GetBytes(name + '\0'))
                env.Native.Check(env.Native.ModelMetadataLookupCustomMetadataMap(metadata, env.Allocator, key, &value));
            custom[name] = env.TakeString(value);
        }
        return custom;
    }

    private static TensorMetadata? ReadTensor(OrtEnv env, string name, nint typeInfo)
    {
        var native = env.Native;
        using var owner = env.Own(typeInfo, native.ReleaseTypeInfo);
        int kind;
        native.Check(native.GetOnnxTypeFromTypeInfo(typeInfo, &kind));
        if (kind != OnnxTypeTensor)
            return null;
        nint tensor;
        native.Check(native.CastTypeInfoToTensorInfo(typeInfo, &tensor));
        OnnxElementType type;
        native.Check(native.GetTensorElementType(tensor, &type));
        if (type.ToDataType() is not { } dataType)
            return null;
        nuint rank;
        native.Check(native.GetDimensionsCount(tensor, &rank));
        var dimensions = new long[rank];
        var symbols = new string[rank];
        var symbolPointers = new nint[rank];
        fixed (long* dimension = dimensions)
            native.Check(native.GetDimensions(tensor, dimension, rank));
        fixed (nint* symbol = symbolPointers)
            native.Check(native.GetSymbolicDimensions(tensor, (byte**)symbol, rank));
        for (var i = 0; i < symbols.Length; i++)
            symbols[i] = Marshal.PtrToStringUTF8(symbolPointers[i]) ?? "";
        return new(name, dataType, [.. dimensions], [.. symbols]);
    }
}
