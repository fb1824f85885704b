using System.Globalization;
using System.Runtime.Intrinsics;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Cpu;
using Hearth.Compute.Cuda;
using Hearth.Compute.OpenCl;

namespace Hearth.Compute.Devices;

/// <summary>The accelerators of this machine.</summary>
public static class AcceleratorCatalog
{
    private const string OpenClDrivers = "/etc/OpenCL/vendors";

    /// <summary>Whether NVIDIA's driver shows a GPU.</summary>
    public static bool HasCuda => ListOrReason(AcceleratorType.Cuda, () => CudaDevice.GetDevices().Select(Describe))[0].Missing is null;

    /// <summary>Every accelerator, and for each type without one the reason: GPUs first.</summary>
    public static IReadOnlyList<AcceleratorDescription> List() =>
    [
        .. ListOrReason(AcceleratorType.Cuda, () => CudaDevice.GetDevices().Select(Describe)),
        .. ListOrReason(AcceleratorType.OpenCL, () => OpenClDevice.GetDevices().Select(Describe)),
        DescribeHost(),
    ];

    /// <summary>Opens the accelerator chosen.</summary>
    /// <exception cref="CapabilityNotSupportedException">The machine lacks it; the message says what brings it.</exception>
    public static Accelerator Open(AcceleratorChoice choice) => choice switch
    {
        AcceleratorChoice.Cpu => new CpuAccelerator(),
        AcceleratorChoice.OpenCl => new OpenClAccelerator(OpenClDevice.GetDevices().OrderBy(device => device.MissingCapability is not null).First()),
        AcceleratorChoice.Cuda => new CudaAccelerator(CudaDevice.GetDevices()[0]),
        _ => TryOpen(AcceleratorChoice.Cuda)
            ?? (ListOrReason(AcceleratorType.OpenCL, GpusOfOpenCl).Any(gpu => gpu.Missing is null) ? TryOpen(AcceleratorChoice.OpenCl) : null)
            ?? new CpuAccelerator(),
    };

    private static Accelerator? TryOpen(AcceleratorChoice choice)
    {
        try
        {
            return Open(choice);
        }
        catch (Exception e) when (e is CapabilityNotSupportedException or InvalidOperationException)
        {
            // What is there but does not open, a GPU that another process has for itself, is as good as absent.
            return null;
        }
    }

    /// <summary>What OpenCL offers beside the host's cores. PoCL offers nothing else, and takes long to say so.</summary>
    private static IEnumerable<AcceleratorDescription> GpusOfOpenCl() =>
        Directory.Exists(OpenClDrivers) && Directory.GetFiles(OpenClDrivers).All(file => Path.GetFileName(file).StartsWith("pocl", StringComparison.Ordinal))
            ? []
            : OpenClDevice.GetDevices().Where(device => !device.IsCpu).Select(Describe);

    private static List<AcceleratorDescription> ListOrReason(AcceleratorType type, Func<IEnumerable<AcceleratorDescription>> list)
    {
        try
        {
            return [.. list()];
        }
        catch (Exception e) when (e is CapabilityNotSupportedException or InvalidOperationException)
        {
            return [new(type, null, 0, [], e.Message)];
        }
    }

    private static AcceleratorDescription Describe(CudaDevice device) => new(
        AcceleratorType.Cuda, device.Name, device.MemorySize,
        [
            string.Create(CultureInfo.InvariantCulture, $"compute capability {device.Architecture / 10}.{device.Architecture % 10}"),
            $"{device.Multiprocessors} multiprocessors", $"CUDA {device.DriverVersion}",
            .. CudaDevice.MissingCapability is null ? (string[])[$"NVRTC {NvrtcNative.Instance.Version}"] : [],
            .. CublasNative.Instance is not null ? (string[])["cuBLAS"] : [],
        ],
        CudaDevice.MissingCapability);

    private static AcceleratorDescription Describe(OpenClDevice device) => new(
        AcceleratorType.OpenCL, device.Name, device.MemorySize,
        [device.PlatformName, $"driver {device.DriverVersion}", $"{device.ComputeUnits} compute units", .. device.IsCpu ? (string[])["the host's cores"] : []],
        device.MissingCapability);

    private static AcceleratorDescription DescribeHost()
    {
        var options = new CpuAcceleratorOptions();
        var width = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        return new(
            AcceleratorType.CPU, $"{options.Threads} cores", options.MemorySize,
            [$"vectors of {width} bits", OpenBlas.Instance is null ? "no OpenBLAS (Debian: libopenblas0-pthread)" : "OpenBLAS"], null);
    }
}
