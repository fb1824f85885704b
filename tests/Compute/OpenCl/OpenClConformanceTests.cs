using Hearth.Compute.OpenCl;
using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.OpenCl;

/// <summary>On the first device that OpenCL offers; PoCL makes one of the host's cores.</summary>
public sealed class OpenClConformanceTests() : AcceleratorConformance(Open)
{
    private static readonly (OpenClDevice? Device, string? Reason) Found = Find();

    public static string? SkipReason => Found.Reason;

    private static OpenClAccelerator Open(long memorySize) => new(
        Found.Device!,
        new OpenClAcceleratorOptions { MemorySize = memorySize, CacheDirectory = Path.Combine(AppContext.BaseDirectory, "kernels") });

    private static (OpenClDevice? Device, string? Reason) Find()
    {
        try
        {
            var devices = OpenClDevice.GetDevices();
            return devices.FirstOrDefault(device => device.MissingCapability is null) is { } device
                ? (device, null)
                : (null, $"{devices[0].Name}: {devices[0].MissingCapability}.");
        }
        catch (CapabilityNotSupportedException e)
        {
            return (null, e.Message);
        }
    }
}
