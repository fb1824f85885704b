using Hearth.Compute.Accelerators;

namespace Hearth.Compute.Tests.Accelerators;

public abstract partial class AcceleratorConformance
{
    [DeviceTheory]
    [MemberData(nameof(Lengths))]
    public void CopyToCPU_CopiedFromCPU_IsTheSame(int length)
    {
        var elements = Floats(length);

        AssertSame(elements, Read(View(elements)));
    }

    [DeviceFact]
    public void Copy_WithinTheDevice_CopiesThePartNamed()
    {
        var target = View(new int[4]);

        Stream.Copy(View([1, 2, 3, 4, 5]).SubView(1, 2), target.SubView(2, 2));

        Assert.Equal([0, 0, 2, 3], Read(target));
    }

    [DeviceFact]
    public void MemSetToZero_PartOfABuffer_LeavesTheRest()
    {
        var view = View([1, 2, 3, 4, 5]);

        Stream.MemSetToZero(view.SubView(1, 3));

        Assert.Equal([1, 0, 0, 0, 5], Read(view));
    }

    [DeviceFact]
    public void Import_HostMemory_CanBeRead()
    {
        using var memory = HostBuffer.CopyOf([1, 2, 3]);
        using var buffer = Accelerator.Import(memory);

        Assert.Equal([1, 2, 3], Read(buffer.View));
        buffer.Dispose();
        Assert.Equal([1, 2, 3], memory.AsSpan().ToArray());
    }

    [DeviceFact]
    public void Allocate_BeyondTheBudget_IsRefused()
    {
        using var small = _create(1000);
        using var half = small.Allocate<byte>(600);

        var refusal = Assert.Throws<AcceleratorMemoryException>(() => small.Allocate<float>(101));

        Assert.Equal((404L, 600L, 1000L), (refusal.Requested, refusal.InUse, refusal.MemorySize));
        Assert.Contains(small.Name, refusal.Message, StringComparison.Ordinal);
        using var rest = small.Allocate<float>(100);
        Assert.Equal(1000, small.MemoryInUse);
    }

    [DeviceTheory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue / 8)]
    public void Allocate_MoreThanCanBe_IsRefused(long length)
    {
        Assert.Throws<AcceleratorMemoryException>(() => Accelerator.Allocate<double>(length));
        Assert.Equal(0, Accelerator.MemoryInUse);
    }

    [DeviceFact]
    public void Allocate_NegativeLength_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Accelerator.Allocate<byte>(-1));

    [DeviceFact]
    public void Dispose_TenThousandBuffers_GivesTheirMemoryBack()
    {
        var before = Environment.WorkingSet;
        for (var i = 0; i < 10_000; i++)
        {
            using var buffer = Accelerator.Allocate<float>(32_768);
            Stream.Scale(2, buffer.View);
            Stream.Synchronize();
        }

        Assert.Equal(0, Accelerator.MemoryInUse);
        // Without their return it would be 1.3 GB.
        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 200_000_000);
    }

    [DeviceFact]
    public void Dispose_BufferTwice_ReturnsItsMemoryOnce()
    {
        var buffer = Accelerator.Allocate<float>(10);

        buffer.Dispose();
        buffer.Dispose();

        Assert.Equal(0, Accelerator.MemoryInUse);
    }

    [DeviceFact]
    public void Kernel_DisposedBuffer_IsRefused()
    {
        var buffer = Accelerator.Allocate<float>(10);
        buffer.Dispose();

        Assert.Throws<ObjectDisposedException>(() => Stream.Scale(2, buffer.View));
        Assert.Throws<ObjectDisposedException>(() => Stream.CopyToCPU(buffer.View, new float[10]));
    }

    [DeviceFact]
    public void Kernel_DisposedStream_IsRefused()
    {
        var stream = Accelerator.CreateStream();
        stream.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Scale(2, View(new float[1])));
    }

    [DeviceFact]
    public void Kernel_DisposedAccelerator_IsRefused()
    {
        var other = _create(1000);
        using var buffer = other.Allocate<float>(10);
        var stream = other.DefaultStream;
        other.Dispose();

        Assert.Throws<ObjectDisposedException>(() => stream.Scale(2, buffer.View));
        Assert.Throws<ObjectDisposedException>(() => other.Allocate<float>(1));
        Assert.Throws<ObjectDisposedException>(other.CreateStream);
    }

    [DeviceFact]
    public void Kernel_BufferOfAnotherAccelerator_IsRefused()
    {
        using var other = _create(1000);
        using var buffer = other.Allocate<float>(10);

        Assert.Throws<ArgumentException>(() => Stream.Scale(2, buffer.View));
    }

    [DeviceFact]
    public void Kernel_ViewOfNothing_IsRefused() => Assert.Throws<ArgumentException>(() => Stream.Scale(2, default));

    [DeviceFact]
    public void Kernel_DifferentLengths_IsRefused() => Assert.Throws<ArgumentException>(() => Stream.Axpy(2, View(new float[3]), View(new float[4])));

    [DeviceFact]
    public void CreateStream_WorkOnIt_IsDoneAfterSynchronize()
    {
        using var stream = Accelerator.CreateStream();
        var view = View([1f, 2f]);

        stream.Scale(3, view);
        stream.Synchronize();

        Assert.Equal([3f, 6f], Read(view));
    }
}
