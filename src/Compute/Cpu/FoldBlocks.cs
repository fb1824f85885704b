using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Compute.Cpu;

/// <summary>sums += Σ weight · input for a block of elements and the inputs of a group, term by term in their order.</summary>
/// <remarks>Compiled for good at the first call: a process that folds a few models would be done before tiered compilation has looked at the loops.</remarks>
/// <typeparam name="TElements">Type of the inputs.</typeparam>
internal static unsafe class FoldBlocks<TElements>
    where TElements : struct, IVectorElements
{
    private const int Lanes = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(byte** inputs, ReadOnlySpan<double> weights, float* sums, int length)
    {
        var i = Vector512.IsHardwareAccelerated ? FoldWide(inputs, weights, sums, length) : 0;
        for (; i <= length - (4 * Lanes); i += 4 * Lanes)
        {
            var (sum0, sum1) = (Vector256.Load(sums + i), Vector256.Load(sums + i + Lanes));
            var (sum2, sum3) = (Vector256.Load(sums + i + (2 * Lanes)), Vector256.Load(sums + i + (3 * Lanes)));
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector256.Create((float)weights[k]);
                var input = inputs[k] + (i * TElements.Size);
                sum0 = Vector256.FusedMultiplyAdd(weight, TElements.Load(input), sum0);
                sum1 = Vector256.FusedMultiplyAdd(weight, TElements.Load(input + (Lanes * TElements.Size)), sum1);
                sum2 = Vector256.FusedMultiplyAdd(weight, TElements.Load(input + (2 * Lanes * TElements.Size)), sum2);
                sum3 = Vector256.FusedMultiplyAdd(weight, TElements.Load(input + (3 * Lanes * TElements.Size)), sum3);
            }
            sum0.Store(sums + i);
            sum1.Store(sums + i + Lanes);
            sum2.Store(sums + i + (2 * Lanes));
            sum3.Store(sums + i + (3 * Lanes));
        }
        var padded = stackalloc byte[Lanes * sizeof(double)];
        var rest = stackalloc float[Lanes];
        for (; i < length; i += Lanes)
        {
            var count = Math.Min(Lanes, length - i);
            new ReadOnlySpan<float>(sums + i, count).CopyTo(new Span<float>(rest, Lanes));
            for (var k = 0; k < weights.Length; k++)
            {
                Pad(inputs[k], i, count, padded);
                Vector256.FusedMultiplyAdd(Vector256.Create((float)weights[k]), TElements.Load(padded), Vector256.Load(rest)).Store(rest);
            }
            new ReadOnlySpan<float>(rest, count).CopyTo(new Span<float>(sums + i, count));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fold(byte** inputs, ReadOnlySpan<double> weights, double* sums, int length)
    {
        var i = 0;
        for (; i <= length - (2 * Lanes); i += 2 * Lanes)
        {
            var (sum0, sum1) = (Vector256.Load(sums + i), Vector256.Load(sums + i + (Lanes / 2)));
            var (sum2, sum3) = (Vector256.Load(sums + i + Lanes), Vector256.Load(sums + i + Lanes + (Lanes / 2)));
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector256.Create(weights[k]);
                var input = inputs[k] + (i * TElements.Size);
                var (lower, upper) = TElements.LoadWide(input);
                sum0 = Vector256.FusedMultiplyAdd(weight, lower, sum0);
                sum1 = Vector256.FusedMultiplyAdd(weight, upper, sum1);
                (lower, upper) = TElements.LoadWide(input + (Lanes * TElements.Size));
                sum2 = Vector256.FusedMultiplyAdd(weight, lower, sum2);
                sum3 = Vector256.FusedMultiplyAdd(weight, upper, sum3);
            }
            sum0.Store(sums + i);
            sum1.Store(sums + i + (Lanes / 2));
            sum2.Store(sums + i + Lanes);
            sum3.Store(sums + i + Lanes + (Lanes / 2));
        }
        var padded = stackalloc byte[Lanes * sizeof(double)];
        var rest = stackalloc double[Lanes];
        for (; i < length; i += Lanes)
        {
            var count = Math.Min(Lanes, length - i);
            new ReadOnlySpan<double>(sums + i, count).CopyTo(new Span<double>(rest, Lanes));
            for (var k = 0; k < weights.Length; k++)
            {
                Pad(inputs[k], i, count, padded);
                var (lower, upper) = TElements.LoadWide(padded);
                Vector256.FusedMultiplyAdd(Vector256.Create(weights[k]), lower, Vector256.Load(rest)).Store(rest);
                Vector256.FusedMultiplyAdd(Vector256.Create(weights[k]), upper, Vector256.Load(rest + (Lanes / 2))).Store(rest + (Lanes / 2));
            }
            new ReadOnlySpan<double>(rest, count).CopyTo(new Span<double>(sums + i, count));
        }
    }

    /// <summary>Folds whole runs of four vectors; returns how many elements they are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int FoldWide(byte** inputs, ReadOnlySpan<double> weights, float* sums, int length)
    {
        const int Wide = 2 * Lanes;
        var i = 0;
        for (; i <= length - (4 * Wide); i += 4 * Wide)
        {
            var (sum0, sum1) = (Vector512.Load(sums + i), Vector512.Load(sums + i + Wide));
            var (sum2, sum3) = (Vector512.Load(sums + i + (2 * Wide)), Vector512.Load(sums + i + (3 * Wide)));
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = Vector512.Create((float)weights[k]);
                var input = inputs[k] + (i * TElements.Size);
                sum0 = Vector512.FusedMultiplyAdd(weight, TElements.Load16(input), sum0);
                sum1 = Vector512.FusedMultiplyAdd(weight, TElements.Load16(input + (Wide * TElements.Size)), sum1);
                sum2 = Vector512.FusedMultiplyAdd(weight, TElements.Load16(input + (2 * Wide * TElements.Size)), sum2);
                sum3 = Vector512.FusedMultiplyAdd(weight, TElements.Load16(input + (3 * Wide * TElements.Size)), sum3);
            }
            sum0.Store(sums + i);
            sum1.Store(sums + i + Wide);
            sum2.Store(sums + i + (2 * Wide));
            sum3.Store(sums + i + (3 * Wide));
        }
        return i;
    }

    /// <summary>The last elements are loaded in full vectors from beside the memory, which ends here.</summary>
    private static void Pad(byte* input, int index, int count, byte* padded) =>
        new ReadOnlySpan<byte>(input + (index * TElements.Size), count * TElements.Size).CopyTo(new Span<byte>(padded, Lanes * sizeof(double)));
}
