using Hearth.Testing;

namespace Hearth.Chart.Tests.Rights;

/// <summary>A test that needs a real kube-apiserver whose objects are collected.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RealClusterFactAttribute : FactAttribute
{
    public RealClusterFactAttribute() =>
        Skip = KubeApiServer.WhyNot ?? (KubeApiServer.HasControllers ? null : "KUBEBUILDER_ASSETS names no kube-controller-manager, so nothing would be collected.");
}
