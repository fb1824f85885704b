using Xunit.Sdk;

namespace Hearth.Compute.Tests.Accelerators;

/// <summary>A test of a suite that every device's class inherits. A class whose static <c>SkipReason</c> is not null is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Hearth.Compute.Tests.Accelerators.DeviceFactDiscoverer", "Hearth.Compute.Tests")]
public sealed class DeviceFactAttribute : FactAttribute
{
    /// <summary>Marks a test.</summary>
    /// <param name="isSoak">Whether it needs a large machine.</param>
    public DeviceFactAttribute(bool isSoak = false)
    {
        if (isSoak && Environment.GetEnvironmentVariable("HEARTH_SOAK") != "1")
            Skip = "HEARTH_SOAK=1 runs it; it takes 9 GB of a device.";
    }
}
