using Xunit;

namespace Hearth.Testing;

/// <summary>A test that needs ONNX Runtime's native library, and perhaps real data; skipped where they are absent.</summary>
public sealed class OnnxRuntimeFactAttribute : FactAttribute
{
    private const string Library = "libonnxruntime.so.1";

    private static readonly bool Present =
        File.Exists(Path.Combine(AppContext.BaseDirectory, Library)) || Environment.GetEnvironmentVariable("HEARTH_ONNXRUNTIME") is { Length: > 0 };

    /// <summary>Marks a test.</summary>
    /// <param name="needsSharedData">Whether it reads <see cref="SharedData"/> too.</param>
    public OnnxRuntimeFactAttribute(bool needsSharedData = false)
    {
        if (!Present)
            Skip = $"{Library} is absent; make setup brings it.";
        else if (needsSharedData && SharedData.Root is null)
            Skip = "There is no folder shared/data beside the repository.";
    }
}
