using System.Runtime.InteropServices;
using Hearth.Compute;

namespace Hearth.Worker.OnnxRuntime;

/// <summary>Finds and loads ONNX Runtime's native library.</summary>
internal static class OnnxRuntimeLibrary
{
    /// <summary>Environment variable that names another build of the library.</summary>
    public const string PathVariable = "HEARTH_ONNXRUNTIME";

    private const string FileName = "libonnxruntime.so.1";

    /// <summary>Loads the library; it stays loaded, since its threads outlive any handle we could close.</summary>
    /// <param name="path">The file; null looks beside the executable, in <c>native/</c> there, and where the system's loader looks.</param>
    /// <exception cref="CapabilityNotSupportedException">It is not there, or not usable; the message says what brings it.</exception>
    public static OnnxRuntimeNative Load(string? path)
    {
        IReadOnlyList<string> candidates = path is { Length: > 0 }
            ? [path]
            : [Path.Combine(AppContext.BaseDirectory, FileName), Path.Combine(AppContext.BaseDirectory, "native", FileName), FileName];
        // A bare name goes to the loader; a path that does not exist need not, and its complaint would hide the useful one.
        foreach (var candidate in candidates.Where(c => c == FileName || File.Exists(c)))
        {
            try
            {
                return new OnnxRuntimeNative(NativeLibrary.Load(candidate));
            }
            catch (Exception e) when (e is BadImageFormatException or EntryPointNotFoundException || (e is DllNotFoundException && candidate != FileName))
            {
                throw Missing($"'{candidate}' is no usable ONNX Runtime: {e.Message}", e);
            }
            catch (DllNotFoundException)
            {
                // Not where the loader looks either.
            }
        }
        throw Missing($"ONNX Runtime was not found; looked for {string.Join(", ", candidates.Select(c => $"'{c}'"))}.", null);
    }

    private static CapabilityNotSupportedException Missing(string finding, Exception? inner) => new(
        "ONNX Runtime",
        $"{finding} The npm package brings it (npm install --ignore-scripts onnxruntime-node, file bin/napi-v6/linux/x64/{FileName}); "
        + $"put that file beside the executable or name it in {PathVariable}.",
        inner);
}
