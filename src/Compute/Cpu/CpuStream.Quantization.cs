using System.Numerics.Tensors;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>8-bit integers for floats.</content>
internal sealed unsafe partial class CpuStream
{
    private const float LargestByte = 127;

    private protected override void QuantizeCore(float inverseScale, ulong? seed, ArrayView<float> x, ArrayView<sbyte> result) =>
        ForElements(x.Length, (start, length) =>
        {
            var from = Pointer(x) + start;
            var to = Pointer(result) + start;
            for (var i = 0; i < length; i++)
            {
                var rounded = seed is { } known
                    ? MathF.Floor(MathF.FusedMultiplyAdd(from[i], inverseScale, Draw(known, start + i)))
                    : MathF.Round(from[i] * inverseScale);
                to[i] = float.IsNaN(rounded) ? (sbyte)0 : (sbyte)Math.Clamp(rounded, -LargestByte, LargestByte);
            }
        });

    private protected override void DequantizeCore(float scale, ArrayView<sbyte> x, ArrayView<float> result) =>
        ForElements(x.Length, (start, length) =>
        {
            var to = Span(result, start, length);
            TensorPrimitives.ConvertChecked<sbyte, float>(Span(x, start, length), to);
            TensorPrimitives.Multiply(to, scale, to);
        });

    /// <summary>A number in [0, 1) of 24 bits (splitmix64: Steele, Lea and Flood, OOPSLA 2014).</summary>
    private static float Draw(ulong seed, long index)
    {
        var z = seed + (((ulong)index + 1) * 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return ((z ^ (z >> 31)) >> 40) * 5.9604644775390625e-8f;
    }
}
