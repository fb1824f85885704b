namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>A test that runs the machine's kubectl, and is skipped where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute()
    {
        if (Kubectl.Executable is null)
            Skip = "kubectl is not on the PATH of this machine.";
    }
}
