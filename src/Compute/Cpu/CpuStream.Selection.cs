using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <content>Selection of the largest elements.</content>
internal sealed unsafe partial class CpuStream
{
    private const uint MagnitudeBits = 0x7fff_ffff;
    private const int Digits = 256;

    private protected override long[] CountDigitsCore(ArrayView<float> x, uint prefix, int shift)
    {
        var counts = new long[Digits];
        foreach (var part in ForParts(x.Length, (start, length) => CountDigits((uint*)Pointer(x) + start, length, prefix, shift)))
        {
            for (var digit = 0; digit < Digits; digit++)
                counts[digit] += part[digit];
        }
        return counts;
    }

    private protected override void SelectCore(ArrayView<float> x, uint threshold, long ties, ArrayView<long> indices, ArrayView<float> values)
    {
        var before = ForParts(x.Length, (start, length) => CountTaken((uint*)Pointer(x) + start, length, threshold));
        var (above, equal) = (0L, 0L);
        foreach (ref var part in before.AsSpan())
        {
            var (partAbove, partEqual) = part;
            part = (above, equal);
            (above, equal) = (above + partAbove, equal + partEqual);
        }
        ForElements(x.Length, (start, length) =>
        {
            var bits = (uint*)Pointer(x) + start;
            var (blockAbove, blockEqual) = before[start / BlockLength];
            var place = blockAbove + Math.Min(blockEqual, ties);
            for (var i = 0; i < length; i++)
            {
                var magnitude = bits[i] & MagnitudeBits;
                if (magnitude > threshold || (magnitude == threshold && blockEqual++ < ties))
                {
                    Pointer(indices)[place] = start + i;
                    ((uint*)Pointer(values))[place++] = bits[i];
                }
            }
        });
    }

    private static int[] CountDigits(uint* bits, int length, uint prefix, int shift)
    {
        var counts = new int[Digits];
        for (var i = 0; i < length; i++)
        {
            // In 64 bits, because shifting by 32 is none.
            var digits = (ulong)(bits[i] & MagnitudeBits) >> shift;
            if (digits >> 8 == prefix)
                counts[digits & (Digits - 1)]++;
        }
        return counts;
    }

    private static (long Above, long Equal) CountTaken(uint* bits, int length, uint threshold)
    {
        var (above, equal) = (0L, 0L);
        for (var i = 0; i < length; i++)
        {
            var magnitude = bits[i] & MagnitudeBits;
            if (magnitude > threshold)
                above++;
            else if (magnitude == threshold)
                equal++;
        }
        return (above, equal);
    }
}
