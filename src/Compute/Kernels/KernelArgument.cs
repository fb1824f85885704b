using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Kernels;

/// <summary>An argument of a launch: a number, or a view, which a kernel takes as memory and start (<c>ARRAY</c> in hearth.h).</summary>
internal readonly struct KernelArgument
{
    private KernelArgument(long bits, int size)
    {
        Bits = bits;
        Size = size;
    }

    private KernelArgument(MemoryBuffer? buffer, long start)
    {
        Buffer = buffer;
        IsView = true;
        Bits = start;
        Size = sizeof(long);
    }

    /// <summary>Whether it is memory and a start.</summary>
    public bool IsView { get; }

    /// <summary>The memory; null, as for a kernel that does not look at it.</summary>
    public MemoryBuffer? Buffer { get; }

    /// <summary>The number, or the byte at which the view starts.</summary>
    public long Bits { get; }

    /// <summary>Bytes of the number: 4 or 8.</summary>
    public int Size { get; }

    public static implicit operator KernelArgument(float value) => new(BitConverter.SingleToInt32Bits(value), sizeof(float));

    public static implicit operator KernelArgument(double value) => new(BitConverter.DoubleToInt64Bits(value), sizeof(double));

    public static implicit operator KernelArgument(uint value) => new(value, sizeof(uint));

    public static implicit operator KernelArgument(bool value) => value ? 1u : 0u;

    public static implicit operator KernelArgument(long value) => new(value, sizeof(long));

    public static implicit operator KernelArgument(ArrayView<float> view) => Of(view);

    public static implicit operator KernelArgument(ArrayView<double> view) => Of(view);

    public static implicit operator KernelArgument(ArrayView<byte> view) => Of(view);

    public static implicit operator KernelArgument(ArrayView<sbyte> view) => Of(view);

    public static implicit operator KernelArgument(ArrayView<uint> view) => Of(view);

    public static implicit operator KernelArgument(ArrayView<long> view) => Of(view);

    private static KernelArgument Of<T>(ArrayView<T> view)
        where T : unmanaged =>
        new(view.Buffer, view.OffsetInBytes);
}
