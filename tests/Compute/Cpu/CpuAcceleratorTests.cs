using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;

namespace Hearth.Compute.Tests.Cpu;

public sealed class CpuAcceleratorTests
{
    private const int Length = 300_007;

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

    /// <summary>Digest of everything that the kernels give for the same input.</summary>
    private static byte[] RunAll(int threads, bool useOpenBlas)
    {
        using var accelerator = new CpuAccelerator(new CpuAcceleratorOptions { Threads = threads, UseOpenBlas = useOpenBlas });
        var random = new Random(7);
        using var buffer = accelerator.Allocate<float>(4L * Length);
        var elements = new float[buffer.Length];
        foreach (ref var element in elements.AsSpan())
            element = random.NextSingle() - 0.5f;
        var stream = accelerator.DefaultStream;
        stream.CopyFromCPU<float>(elements, buffer.View);
        var (x, y) = (buffer.View.SubView(0, Length), buffer.View.SubView(Length, Length));
        var (mean, variance) = (buffer.View.SubView(2 * Length, Length), buffer.View.SubView(3 * Length, Length));

        stream.Multiply(variance, variance, variance);
        stream.Fold([new FoldInput(y.Cast<byte>(), DataType.F32, 0.3), new FoldInput(mean.Cast<byte>(), DataType.F32, 1.7)], x);
        stream.Adam(new AdamOptions(0.01f), x, y, new AdamState(mean, variance, 3));
        stream.Sgd(new SgdOptions(0.01f, 0.9f), x, y, mean);
        stream.Softmax(7, x.SubView(0, 7 * 1000), y.SubView(0, 7 * 1000));
        stream.SumRows(x.SubView(0, 300 * 1000), y.SubView(7000, 300));
        stream.Gemm(new GemmShape(300, 600, 130), 1, x.SubView(0, 300 * 130), y.SubView(0, 130 * 600), 0.5f, variance.SubView(0, 300 * 600));
        stream.Gemm(new GemmShape(64, 100, 784, TransposeB: true), 1, x.SubView(0, 64 * 784), y.SubView(0, 784 * 100), 0, mean.SubView(0, 6400));
        var (dot, maximum) = (stream.Dot(x, y), stream.MaxMagnitude(x));
        stream.CopyToCPU(buffer.View, elements.AsSpan());
        return SHA256.HashData([.. MemoryMarshal.AsBytes<float>(elements), .. BitConverter.GetBytes(dot), .. BitConverter.GetBytes(maximum)]);
    }
}
