using Xunit.Sdk;

namespace Hearth.Compute.Tests.Accelerators;

/// <summary>A test of a suite that every device's class inherits. A class whose static <c>SkipReason</c> is not null is skipped with that reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Hearth.Compute.Tests.Accelerators.DeviceFactDiscoverer", "Hearth.Compute.Tests")]
public sealed class DeviceFactAttribute : FactAttribute;
