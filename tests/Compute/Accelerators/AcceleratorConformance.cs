using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

/// <summary>What every accelerator must do, against 64-bit references. A device's class says how to make it.</summary>
/// <remarks>Views begin at odd places of their buffers, so that no kernel gets by on alignment.</remarks>
public abstract partial class AcceleratorConformance : IDisposable
{
    private readonly Func<long, Accelerator> _create;
    private readonly List<IDisposable> _buffers = [];
    private readonly Random _random = new(20260117);

    protected AcceleratorConformance(Func<long, Accelerator> create)
    {
        _create = create;
        Accelerator = create(1L << 30);
    }

    public static TheoryData<int> Lengths => [0, 1, 2, 7, 8, 9, 31, 1000, 2047, 2048, 2049, 32_767, 32_768, 32_769, 100_003, 1_048_583];

    protected Accelerator Accelerator { get; }

    protected AcceleratorStream Stream => Accelerator.DefaultStream;

    public void Dispose()
    {
        foreach (var buffer in _buffers)
            buffer.Dispose();
        Accelerator.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A copy of the elements on the device.</summary>
    protected ArrayView<T> View<T>(T[] elements)
        where T : unmanaged
    {
        var skipped = _random.Next(4);
        var buffer = Accelerator.Allocate<T>(elements.Length + skipped);
        _buffers.Add(buffer);
        var view = buffer.View.SubView(skipped, elements.Length);
        Stream.CopyFromCPU<T>(elements, view);
        return view;
    }

    protected T[] Read<T>(ArrayView<T> view)
        where T : unmanaged
    {
        var elements = new T[view.Length];
        Stream.CopyToCPU(view, elements.AsSpan());
        return elements;
    }

    /// <summary>Numbers of both signs and several magnitudes.</summary>
    protected float[] Floats(int length)
    {
        var floats = new float[length];
        for (var i = 0; i < length; i++)
            floats[i] = (float)((_random.NextDouble() - 0.5) * Math.Pow(10, _random.Next(-3, 3)));
        return floats;
    }

    /// <summary>Compares bit by bit, but for the many NaN there are. (Assert.Equal takes seconds for a million elements.)</summary>
    protected static void AssertSame(IEnumerable<float> reference, float[] actual)
    {
        var expected = reference.ToArray();
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < actual.Length; i++)
        {
            if (!expected[i].Equals(actual[i]))
                Assert.Fail($"Element {i} of {actual.Length} is {actual[i]:r}, not {expected[i]:r}.");
        }
    }

    /// <summary>Compares every element with its reference, rounding errors of <paramref name="scale"/> being allowed.</summary>
    protected static void AssertClose(Func<int, double> reference, Func<int, double> scale, float[] actual, double tolerance = 1e-6)
    {
        for (var i = 0; i < actual.Length; i++)
        {
            var expected = reference(i);
            if (!(Math.Abs(expected - actual[i]) <= (tolerance * scale(i)) + 1e-37))
                Assert.Fail($"Element {i} of {actual.Length} is {actual[i]:r}, not {expected:r}.");
        }
    }

    protected static void AssertClose(Func<int, double> reference, float[] actual, double tolerance = 1e-6) =>
        AssertClose(reference, i => Math.Abs(reference(i)), actual, tolerance);
}
