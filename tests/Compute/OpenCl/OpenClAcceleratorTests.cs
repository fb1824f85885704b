using Hearth.Compute.Accelerators;
using Hearth.Compute.Kernels;
using Hearth.Compute.OpenCl;
using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.OpenCl;

public sealed class OpenClAcceleratorTests : IDisposable
{
    private const long Budget = 1 << 20;

    private readonly string _directory = Directory.CreateTempSubdirectory("kernels-").FullName;

    public static string? SkipReason => OpenClTestDevice.Reason;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [DeviceTheory]
    [InlineData(1)]
    [InlineData(3)]
    public void Kernels_OtherNumbersOfGroups_GiveTheSameBits(int groups)
    {
        using var accelerator = OpenClTestDevice.Open(1 << 30, OpenClTestDevice.CacheDirectory);
        var many = KernelDigest.Of(accelerator);

        accelerator.MaxGroups = groups;

        Assert.Equal(many, KernelDigest.Of(accelerator));
    }

    [DeviceFact]
    public void Kernel_FirstUse_IsKeptOnDisk()
    {
        Assert.Equal(6, Double());

        Assert.Single(Directory.GetFiles(_directory));
    }

    [DeviceFact]
    public void Kernel_SpoiltOnDisk_IsCompiledAnew()
    {
        Double();
        var file = Directory.GetFiles(_directory).Single();
        File.WriteAllText(file, "no program");

        Assert.Equal(6, Double());
        Assert.NotEqual("no program", File.ReadAllText(file));
    }

    [DeviceFact]
    public void Kernel_DirectoryThatCannotBe_ComputesAllTheSame()
    {
        var file = Path.Combine(_directory, "file");
        File.WriteAllText(file, "");
        using var accelerator = OpenClTestDevice.Open(Budget, Path.Combine(file, "below"));

        Assert.Equal(6, Double(accelerator));
    }

    [DeviceFact]
    public void GetKernel_SourceThatDoesNotCompile_SaysWhatTheCompilerSaid()
    {
        using var accelerator = OpenClTestDevice.Open(Budget, null);

        var failure = Assert.Throws<InvalidOperationException>(() => accelerator.GetKernel(new KernelProgram("gemm", "SIDE=side"), "gemm"));

        Assert.Contains("gemm SIDE=side", failure.Message, StringComparison.Ordinal);
        Assert.Contains(accelerator.Name, failure.Message, StringComparison.Ordinal);
    }

    [DeviceTheory]
    [InlineData(-36)]
    [InlineData(-9999)]
    public void Check_CodeOfAFault_LosesTheDevice(int code)
    {
        using var accelerator = OpenClTestDevice.Open(Budget, null);

        var lost = Assert.Throws<AcceleratorLostException>(() => OpenClErrors.Check(code, accelerator, "clFinish(queue)"));

        Assert.StartsWith($"clFinish returned {code}", lost.Reason, StringComparison.Ordinal);
        Assert.Throws<AcceleratorLostException>(() => accelerator.Allocate<float>(1));
    }

    [DeviceFact]
    public void Import_MemoryThatTheDeviceShares_TakesNoBudget()
    {
        using var accelerator = OpenClTestDevice.Open(Budget, null);
        using var memory = HostBuffer.Allocate(2 * Budget);

        if (OpenClDevice.GetDevices()[0].SharesHostMemory)
            accelerator.Import(memory).Dispose();
        else
            Assert.Throws<AcceleratorMemoryException>(() => accelerator.Import(memory));

        Assert.Equal(0, accelerator.MemoryInUse);
    }

    private float Double()
    {
        using var accelerator = OpenClTestDevice.Open(Budget, _directory);
        return Double(accelerator);
    }

    private static float Double(OpenClAccelerator accelerator)
    {
        using var buffer = accelerator.Allocate<float>(1);
        var elements = new float[] { 3 };
        accelerator.DefaultStream.CopyFromCPU<float>(elements, buffer.View);
        accelerator.DefaultStream.Scale(2, buffer.View);
        accelerator.DefaultStream.CopyToCPU(buffer.View, elements.AsSpan());
        return elements[0];
    }
}
