using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>Signed bytes.</summary>
internal readonly unsafe struct I8Elements : IVectorElements
{
    public static int Size => sizeof(sbyte);

    public static Vector256<float> Load(byte* elements)
    {
        var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)elements).AsSByte());
        return Vector256.ConvertToSingle(Vector256.WidenLower(shorts.ToVector256Unsafe()));
    }

    public static Vector512<float> Load16(byte* elements)
    {
        var shorts = Vector256.WidenLower(Vector128.Load((sbyte*)elements).ToVector256Unsafe());
        return Vector512.ConvertToSingle(Vector512.WidenLower(shorts.ToVector512Unsafe()));
    }

    public static (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements) => Vector256.Widen(Load(elements));
}
