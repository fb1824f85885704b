using Hearth.Compute.Devices;

namespace Hearth.Cli.Devices;

/// <summary>How long a device's start took.</summary>
/// <param name="ContextMs">Until it was open.</param>
/// <param name="KernelsMs">From then until the kernels that workers begin with were ready.</param>
internal sealed record DeviceStart(double ContextMs, double KernelsMs)
{
    /// <summary>Starts the first device of a type and closes it.</summary>
    public static DeviceStart Measure(AcceleratorChoice choice, TimeProvider time)
    {
        var started = time.GetTimestamp();
        using var accelerator = AcceleratorCatalog.Open(choice);
        var opened = time.GetTimestamp();
        accelerator.Warm();
        return new(time.GetElapsedTime(started, opened).TotalMilliseconds, time.GetElapsedTime(opened).TotalMilliseconds);
    }
}
