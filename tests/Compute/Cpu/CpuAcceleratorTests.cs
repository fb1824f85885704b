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
