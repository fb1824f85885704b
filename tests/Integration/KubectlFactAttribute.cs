using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>A test that needs kubectl and ONNX Runtime; skipped where one is absent.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute()
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "kubectl")));
        Skip = isThere ? new OnnxRuntimeFactAttribute().Skip : "kubectl is not on this machine.";
    }
}
