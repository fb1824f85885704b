using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <content>Selection of the largest elements: the device counts and writes, the host adds the counts up.</content>
internal abstract partial class KernelStream
{
    // As in selection.cl.
    private const int Digits = 256;
    private const int SelectBlock = 16 * GroupSize;

    // Each group gives a row of counts; more groups than fill a device give rows without need.
    private const int MaxDigitGroups = 512;

    private static readonly KernelProgram SelectionProgram = new("selection");

    private protected override long[] CountDigitsCore(ArrayView<float> x, uint prefix, int shift)
    {
        var blocks = Blocks(x.Length, ReductionBlock);
        var groups = Math.Min(blocks, Math.Min(MaxDigitGroups, ((KernelAccelerator)Accelerator).MaxGroups));
        var parts = Scratch<uint>(groups * Digits);
        LaunchBlocks(SelectionProgram, "count_digits", groups, x, x.Length, prefix, (uint)shift, parts, blocks);
        var counts = new long[Digits];
        var values = ReadParts(parts);
        for (var i = 0; i < values.Length; i++)
            counts[i % Digits] += values[i];
        return counts;
    }

    private protected override void SelectCore(ArrayView<float> x, uint threshold, long ties, ArrayView<long> indices, ArrayView<float> values)
    {
        var blocks = Blocks(x.Length, SelectBlock);
        var scratch = Scratch<long>(3 * blocks);
        var (before, counts) = (scratch.SubView(0, 2 * blocks), scratch.SubView(2 * blocks, blocks).Cast<uint>());
        LaunchBlocks(SelectionProgram, "count_taken", blocks, x, x.Length, threshold, counts, blocks);
        var sums = new long[2 * blocks];
        var parts = ReadParts(counts);
        for (var i = 2; i < sums.Length; i++)
            sums[i] = sums[i - 2] + parts[i - 2];
        CopyFromCPU<long>(sums, before);
        LaunchBlocks(SelectionProgram, "select_taken", blocks, x, x.Length, threshold, ties, before, indices, values, blocks);
    }
}
