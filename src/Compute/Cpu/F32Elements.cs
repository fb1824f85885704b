using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>32-bit floats.</summary>
internal readonly unsafe struct F32Elements : IVectorElements
{
    public static int Size => sizeof(float);

    public static Vector256<float> Load(byte* elements) => Vector256.Load((float*)elements);

    public static Vector512<float> Load16(byte* elements) => Vector512.Load((float*)elements);

    public static (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements) => Vector256.Widen(Load(elements));
}
