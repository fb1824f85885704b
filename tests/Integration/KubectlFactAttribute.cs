using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>A test that needs kubectl and, unless it says otherwise, ONNX Runtime; skipped where one is absent.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute(bool needsRuntime = true)
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl")));
        Skip = isThere ? needsRuntime ? new OnnxRuntimeFactAttribute().Skip : null : "kubectl is not on this machine.";
    }
}
