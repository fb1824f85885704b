using Xunit.Abstractions;
using Xunit.Sdk;

namespace Hearth.Compute.Tests.Accelerators;

public sealed class DeviceFactDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    /// <summary>Why the class of a test is skipped; null where it is not.</summary>
    public static string? ReasonToSkip(ITestMethod test) =>
        (string?)test.TestClass.Class.ToRuntimeType().GetProperty("SkipReason")?.GetValue(null);

    protected override IXunitTestCase CreateTestCase(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        ReasonToSkip(testMethod) is { } reason
            ? new XunitSkippedDataRowTestCase(DiagnosticMessageSink, discoveryOptions.MethodDisplayOrDefault(), discoveryOptions.MethodDisplayOptionsOrDefault(), testMethod, reason)
            : base.CreateTestCase(discoveryOptions, testMethod, factAttribute);
}
