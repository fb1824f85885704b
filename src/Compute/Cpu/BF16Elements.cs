using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>Upper halves of 32-bit floats.</summary>
internal readonly unsafe struct BF16Elements : IVectorElements
{
    public static int Size => sizeof(ushort);

    public static Vector256<float> Load(byte* elements) =>
        (Vector256.WidenLower(Vector128.Load((ushort*)elements).ToVector256Unsafe()) << 16).AsSingle();

    public static Vector512<float> Load16(byte* elements) =>
        (Vector512.WidenLower(Vector256.Load((ushort*)elements).ToVector512Unsafe()) << 16).AsSingle();

    public static (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements) => Vector256.Widen(Load(elements));
}
