using Xunit;

namespace Hearth.Testing;

/// <summary>A theory with the needs of <see cref="OnnxRuntimeFactAttribute"/>.</summary>
public sealed class OnnxRuntimeTheoryAttribute : TheoryAttribute
{
    /// <summary>Marks a theory.</summary>
    /// <param name="needsSharedData">Whether it reads <see cref="SharedData"/> too.</param>
    public OnnxRuntimeTheoryAttribute(bool needsSharedData = false) => Skip = new OnnxRuntimeFactAttribute(needsSharedData).Skip;
}
