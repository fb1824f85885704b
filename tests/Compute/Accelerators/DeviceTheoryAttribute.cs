using Xunit.Sdk;

namespace Hearth.Compute.Tests.Accelerators;

/// <summary>As <see cref="DeviceFactAttribute"/>, for tests with data.</summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Hearth.Compute.Tests.Accelerators.DeviceTheoryDiscoverer", "Hearth.Compute.Tests")]
public sealed class DeviceTheoryAttribute : TheoryAttribute;
