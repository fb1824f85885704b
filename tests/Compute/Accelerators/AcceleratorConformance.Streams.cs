using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceFact]
    public void PageLockedMemory_CopiedThereAndBack_HoldsTheElements()
    {
        using var memory = Accelerator.AllocatePageLocked(400_000);
        var elements = Floats(50_000);
        elements.CopyTo(memory.AsSpan<float>()[1..]);
        var view = View(new float[50_000]);

        Stream.CopyFromPageLockedAsync(memory, 4, view);
        Stream.Scale(2, view);
        Stream.CopyToPageLockedAsync(view, memory, 200_000);
        Stream.Synchronize();

        AssertSame(elements.Select(e => 2 * e), memory.AsSpan<float>().Slice(50_000, 50_000).ToArray());
    }

    [DeviceTheory]
    [InlineData(-1)]
    [InlineData(97)]
    [InlineData(long.MaxValue)]
    public void PageLockedMemory_OutsideOfIt_IsRefused(long offset)
    {
        using var memory = Accelerator.AllocatePageLocked(100);

        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.CopyFromPageLockedAsync(memory, offset, View(new float[1])));
        Assert.Throws<ArgumentOutOfRangeException>(() => Stream.CopyToPageLockedAsync(View(new float[1]), memory, offset));
    }

    [DeviceFact]
    public void PageLockedMemory_NoBytes_IsMemoryToo()
    {
        using var memory = Accelerator.AllocatePageLocked(0);

        Stream.CopyFromPageLockedAsync(memory, 0, View(Array.Empty<float>()));

        Assert.Equal(0, memory.Length);
    }

    [DeviceFact]
    public void ProfilingMarker_BehindWork_IsNotBeforeTheWork()
    {
        var view = View(new float[1_000_000]);
        using var before = Stream.AddProfilingMarker();
        Stream.Scale(2, view);
        using var behind = Stream.AddProfilingMarker();

        Assert.True(behind.MeasureFrom(before) >= TimeSpan.Zero);
        Assert.Equal(behind.MeasureFrom(before), -before.MeasureFrom(behind));
    }

    [DeviceFact]
    public void ProfilingMarker_OfAnotherKind_IsRefused()
    {
        using var marker = Stream.AddProfilingMarker();
        using var other = new OtherMarker();

        Assert.Throws<ArgumentException>(() => marker.MeasureFrom(other));
    }

    [DeviceFact]
    public async Task Streams_UsedByThreadsOfTheirOwn_DoNotMeet()
    {
        var patience = TimeSpan.FromMinutes(2);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(number => Task.Run(() =>
        {
            using var stream = Accelerator.CreateStream();
            using var buffer = Accelerator.Allocate<float>(10_000);
            var elements = new float[10_000];
            for (var i = 0; i < 50; i++)
            {
                Array.Fill(elements, number);
                stream.CopyFromCPU<float>(elements, buffer.View);
                stream.Scale(number, buffer.View);
                Assert.Equal((double)number * number * number * number * elements.Length, stream.Dot(buffer.View, buffer.View));
            }
        }))).WaitAsync(patience);
    }

    [DeviceFact]
    public void Dispose_BufferOfQueuedWork_HarmsNothing()
    {
        for (var i = 0; i < 100; i++)
        {
            using var buffer = Accelerator.Allocate<float>(100_000);
            Stream.MemSetToZero(buffer.View);
            Stream.Scale(2, buffer.View);
        }

        Assert.Equal([2f], Read(Scaled(2, View([1f]))));
    }

    [DeviceFact]
    public void Lost_Device_RefusesEverythingWithTheReason()
    {
        var view = View(new float[1]);

        Accelerator.Lose("a test said so");

        var refusal = Assert.Throws<AcceleratorLostException>(() => Stream.Scale(2, view));
        Assert.Equal("a test said so", refusal.Reason);
        Assert.Contains(Accelerator.Name, refusal.Message, StringComparison.Ordinal);
        Assert.Throws<AcceleratorLostException>(() => Stream.CopyToCPU(view, new float[1]));
        Assert.Throws<AcceleratorLostException>(() => Stream.AddProfilingMarker());
        Assert.Throws<AcceleratorLostException>(() => Accelerator.Allocate<float>(1));
        Assert.Throws<AcceleratorLostException>(() => Accelerator.AllocatePageLocked(1));
        Assert.Throws<AcceleratorLostException>(Accelerator.CreateStream);
        Assert.Throws<AcceleratorLostException>(Accelerator.Synchronize);
    }

    [DeviceFact(isSoak: true)]
    public void Kernel_MoreElementsThan32BitsCount_ReachesAll()
    {
        const long Length = (1L << 31) + 4099;
        using var large = _create(long.MaxValue);
        using var buffer = TryAllocate(large, Length);
        // A device that has less did what it must: it refused.
        if (buffer is null)
            return;
        var (stream, view, last) = (large.DefaultStream, buffer.View, buffer.View.SubView(Length - 2, 2));
        stream.MemSetToZero(view);
        stream.CopyFromCPU<float>([3, -5], last);
        var (indices, values) = (large.Allocate<long>(2), large.Allocate<float>(2));

        stream.Scale(2, view);
        stream.TopK(view, indices.View, values.View);

        Assert.Equal(136, stream.Dot(view, view));
        Assert.Equal(10, stream.MaxMagnitude(view));
        var (foundIndices, foundValues) = (new long[2], new float[2]);
        stream.CopyToCPU(indices.View, foundIndices.AsSpan());
        stream.CopyToCPU(values.View, foundValues.AsSpan());
        Assert.Equal([Length - 2, Length - 1], foundIndices);
        Assert.Equal([6f, -10f], foundValues);
        stream.CopyFromCPU<float>([float.NaN, float.PositiveInfinity], last);
        Assert.Equal(2, stream.CountNonFinite(view.Cast<byte>(), DataType.F32));
        indices.Dispose();
        values.Dispose();
    }

    private static MemoryBuffer<float>? TryAllocate(Accelerator accelerator, long length)
    {
        try
        {
            return accelerator.Allocate<float>(length);
        }
        catch (AcceleratorMemoryException)
        {
            return null;
        }
    }

    private ArrayView<float> Scaled(float factor, ArrayView<float> view)
    {
        Stream.Scale(factor, view);
        return view;
    }

    private sealed class OtherMarker : ProfilingMarker
    {
        public override void Synchronize()
        {
        }

        public override TimeSpan MeasureFrom(ProfilingMarker earlier) => TimeSpan.Zero;

        public override void Dispose()
        {
        }
    }
}
