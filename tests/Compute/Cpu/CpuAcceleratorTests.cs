using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;
using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.Cpu;

public sealed class CpuAcceleratorTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Kernels_OtherNumbersOfThreads_GiveTheSameBits(bool useOpenBlas)
    {
        var alone = RunAll(1, useOpenBlas);

        Assert.Equal(alone, RunAll(2, useOpenBlas));
        Assert.Equal(alone, RunAll(5, useOpenBlas));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Fold_OverwritingSumsBeyondTheCaches_EqualsAFoldIntoZeros(int skipped)
    {
        const int Length = (3 << 20) + 5;
        using var accelerator = new CpuAccelerator();
        var stream = accelerator.DefaultStream;
        using var update = accelerator.Allocate<float>(Length);
        using var single = accelerator.Allocate<float>(skipped + Length);
        using var wide = accelerator.Allocate<double>(skipped + Length);
        var values = Enumerable.Range(0, Length).Select(i => (float)i).ToArray();
        stream.CopyFromCPU<float>(values, update.View);
        stream.CopyFromCPU<float>(Enumerable.Repeat(float.NaN, skipped + Length).ToArray(), single.View);
        FoldInput[] inputs = [new(update.View.Cast<byte>(), DataType.F32, 2), new(update.View.Cast<byte>(), DataType.F32, 1)];

        stream.Fold(inputs, single.View.SubView(skipped, Length), overwrite: true);
        stream.Fold(inputs, wide.View.SubView(skipped, Length), overwrite: true);

        var (sums, wideSums) = (new float[Length], new double[Length]);
        stream.CopyToCPU(single.View.SubView(skipped, Length), sums.AsSpan());
        stream.CopyToCPU(wide.View.SubView(skipped, Length), wideSums.AsSpan());
        Assert.Equal(values.Select(value => 3 * value), sums);
        Assert.Equal(values.Select(value => 3.0 * value), wideSums);
    }

    [Fact]
    public void Import_HostMemory_IsNotCopied()
    {
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { MemorySize = 0, Threads = 1 });
        using var memory = HostBuffer.CopyOf([1, 2, 3]);
        using var buffer = accelerator.Import(memory);
        memory.AsSpan()[1] = 7;

        var read = new byte[3];
        accelerator.DefaultStream.CopyToCPU(buffer.View, read.AsSpan());

        Assert.Equal([1, 7, 3], read);
    }

    [Fact]
    public void Construct_NoThreads_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new CpuAccelerator(new CpuAcceleratorOptions { Threads = 0 }));

    [Fact]
    public void Name_WithoutOpenBlas_SaysSo()
    {
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { Threads = 2, UseOpenBlas = false });

        Assert.Equal("CPU, 2 threads", accelerator.Name);
        Assert.Equal(AcceleratorType.CPU, accelerator.AcceleratorType);
    }

    private static byte[] RunAll(int threads, bool useOpenBlas)
    {
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { Threads = threads, UseOpenBlas = useOpenBlas });
        return KernelDigest.Of(accelerator);
    }
}
