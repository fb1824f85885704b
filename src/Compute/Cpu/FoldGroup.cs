using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Cpu;

/// <summary>Consecutive inputs of one type, read side by side. (Read one after another in short blocks, or too many at once, they
/// defeat the hardware's prefetching: half the bandwidth for eight inputs.)</summary>
internal sealed class FoldGroup(DataType type, ArrayView<byte>[] elements, double[] weights)
{
    public const int MaxCount = 4;

    public DataType Type { get; } = type;

    public ArrayView<byte>[] Elements { get; } = elements;

    public double[] Weights { get; } = weights;

    public static FoldGroup[] Split(ReadOnlySpan<FoldInput> inputs)
    {
        var groups = new List<FoldGroup>();
        for (var rest = inputs; !rest.IsEmpty;)
        {
            var count = 1;
            while (count < Math.Min(rest.Length, MaxCount) && rest[count].Type == rest[0].Type)
                count++;
            var members = rest[..count].ToArray();
            groups.Add(new FoldGroup(rest[0].Type, [.. members.Select(i => i.Elements)], [.. members.Select(i => i.Weight)]));
            rest = rest[count..];
        }
        return [.. groups];
    }
}
