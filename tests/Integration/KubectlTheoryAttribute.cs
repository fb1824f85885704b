namespace Hearth.Integration.Tests;

/// <summary>Rows of a test that needs kubectl and ONNX Runtime; skipped where one is absent.</summary>
internal sealed class KubectlTheoryAttribute : TheoryAttribute
{
    public KubectlTheoryAttribute() => Skip = new KubectlFactAttribute().Skip;
}
