using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>64-bit floats.</summary>
internal readonly unsafe struct F64Elements : IVectorElements
{
    public static int Size => sizeof(double);

    public static Vector256<float> Load(byte* elements)
    {
        var (lower, upper) = LoadWide(elements);
        return Vector256.Narrow(lower, upper);
    }

    public static Vector512<float> Load16(byte* elements) =>
        Vector512.Narrow(Vector512.Load((double*)elements), Vector512.Load((double*)elements + Vector512<double>.Count));

    public static (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements) =>
        (Vector256.Load((double*)elements), Vector256.Load((double*)elements + Vector256<double>.Count));
}
