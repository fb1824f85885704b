using Hearth.Compute.Tests.Accelerators;

namespace Hearth.Compute.Tests.OpenCl;

public sealed class OpenClConformanceTests()
    : AcceleratorConformance(memorySize => OpenClTestDevice.Open(memorySize, OpenClTestDevice.CacheDirectory))
{
    public static string? SkipReason => OpenClTestDevice.Reason;
}
