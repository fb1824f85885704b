using Hearth.Compute.Cuda;

namespace Hearth.Compute.Tests.Cuda;

/// <summary>The first GPU of NVIDIA's driver, for tests.</summary>
internal static class CudaTestDevice
{
    private static readonly (CudaDevice? Device, string? Reason) Found = Find();

    public static string? SkipReason => Found.Reason;

    public static CudaAccelerator Open(long memorySize, bool useCublas) => new(
        Found.Device!,
        new CudaAcceleratorOptions { MemorySize = memorySize, UseCublas = useCublas, CacheDirectory = Path.Combine(AppContext.BaseDirectory, "kernels") });

    private static (CudaDevice? Device, string? Reason) Find()
    {
        try
        {
            var devices = CudaDevice.GetDevices();
            return (devices[0], CudaDevice.MissingCapability);
        }
        catch (CapabilityNotSupportedException e)
        {
            return (null, e.Message);
        }
    }
}
