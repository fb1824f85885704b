using System.Runtime.InteropServices;
using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [InlineData(DataType.F16)]
    [InlineData(DataType.BF16)]
    public void Gemm_SixteenBitFactors_EqualTheReference(DataType type)
    {
        foreach (var (rows, columns, depth) in (ReadOnlySpan<(int, int, int)>)[(0, 3, 2), (1, 1, 1), (7, 17, 0), (64, 64, 64), (33, 65, 257), (128, 8, 512)])
        {
            foreach (var (transposeA, transposeB) in (ReadOnlySpan<(bool, bool)>)[(false, false), (false, true), (true, false), (true, true)])
                CheckMixedGemm(new GemmShape(rows, columns, depth, transposeA, transposeB), type);
        }
    }

    [DeviceFact]
    public void Gemm_FactorsOfOtherTypes_AreRefused() => Assert.Throws<ArgumentException>(
        () => Stream.Gemm(new GemmShape(1, 1, 1), DataType.F32, 1, View(new byte[4]), View(new byte[4]), 0, View(new float[1])));

    private void CheckMixedGemm(GemmShape shape, DataType type)
    {
        var (rows, columns, depth) = ((int)shape.Rows, (int)shape.Columns, (int)shape.Depth);
        var (a, valuesA) = Halves(rows * depth, type);
        var (b, valuesB) = Halves(depth * columns, type);
        var c = Floats(rows * columns);
        var view = View(c);

        Stream.Gemm(shape, type, 1.5f, View(a), View(b), 0.5f, view);

        double[] Terms(int i) =>
        [
            .. Enumerable.Range(0, depth).Select(k =>
                valuesA[shape.TransposeA ? (k * rows) + (i / columns) : (i / columns * depth) + k]
                * valuesB[shape.TransposeB ? (i % columns * depth) + k : (k * columns) + (i % columns)]),
        ];
        // Tensor cores round sums less well than other units: by a unit in the last place, and those of the largest term.
        AssertClose(
            i => (1.5 * Terms(i).Sum()) + (0.5 * c[i]),
            i => (1.5 * Terms(i).Sum(Math.Abs)) + Math.Abs(0.5 * c[i]),
            Read(view),
            (depth + 4) * Math.Pow(2, -22));
    }

    /// <summary>Elements of a type of 16 bits, and their values.</summary>
    private (byte[] Elements, double[] Values) Halves(int length, DataType type)
    {
        var floats = Floats(length);
        var bits = Array.ConvertAll(
            floats, x => type == DataType.F16 ? BitConverter.HalfToUInt16Bits((Half)x) : (ushort)(BitConverter.SingleToUInt32Bits(x) >> 16));
        var values = Array.ConvertAll(
            bits, x => type == DataType.F16 ? (double)BitConverter.UInt16BitsToHalf(x) : BitConverter.UInt32BitsToSingle((uint)x << 16));
        return ([.. MemoryMarshal.AsBytes<ushort>(bits)], values);
    }
}
