using Hearth.Compute.OpenCl;

namespace Hearth.Compute.Tests.OpenCl;

/// <summary>The first device of OpenCL that can run the kernels; PoCL makes one of the host's cores.</summary>
internal static class OpenClTestDevice
{
    private static readonly (OpenClDevice? Device, string? Reason) Found = Find();

    /// <summary>Why there is none; null where there is one.</summary>
    public static string? Reason => Found.Reason;

    /// <summary>Compiled kernels of the suites, kept from run to run beside the tests.</summary>
    public static string CacheDirectory { get; } = Path.Combine(AppContext.BaseDirectory, "kernels");

    public static OpenClAccelerator Open(long memorySize, string? cacheDirectory) =>
        new(Found.Device!, new OpenClAcceleratorOptions { MemorySize = memorySize, CacheDirectory = cacheDirectory });

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
