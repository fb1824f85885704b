using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>16-bit floats.</summary>
internal readonly unsafe struct F16Elements : IVectorElements
{
    public static int Size => sizeof(ushort);

    // Too long to be inlined of itself, and a call would cost more than the work.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(byte* elements)
    {
        var bits = Vector256.WidenLower(Vector128.Load((ushort*)elements).ToVector256Unsafe());
        var sign = (bits & Vector256.Create(0x8000u)) << 16;
        // Exponent and mantissa in the float's places make a float 2^112 times too small, exactly so for subnormal numbers too.
        var magnitude = ((bits & Vector256.Create(0x7fffu)) << 13).AsSingle() * Vector256.Create(5.192296858534828e33f);
        // The largest exponent means infinity or NaN; as a number it came out at 2^16 or above.
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(65536f)).AsUInt32() & Vector256.Create(0x7f800000u);
        return (magnitude.AsUInt32() | special | sign).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load16(byte* elements)
    {
        var bits = Vector512.WidenLower(Vector256.Load((ushort*)elements).ToVector512Unsafe());
        var sign = (bits & Vector512.Create(0x8000u)) << 16;
        var magnitude = ((bits & Vector512.Create(0x7fffu)) << 13).AsSingle() * Vector512.Create(5.192296858534828e33f);
        var special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(65536f)).AsUInt32() & Vector512.Create(0x7f800000u);
        return (magnitude.AsUInt32() | special | sign).AsSingle();
    }

    public static (Vector256<double> Lower, Vector256<double> Upper) LoadWide(byte* elements) => Vector256.Widen(Load(elements));
}
