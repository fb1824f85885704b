using Hearth.Compute;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Tests.OnnxRuntime;

public sealed class OnnxRuntimeLibraryTests
{
    [Fact]
    public void Load_NamedFileIsAbsent_SaysWhereItLookedAndWhatBringsIt()
    {
        var error = Assert.Throws<CapabilityNotSupportedException>(() => OnnxRuntimeLibrary.Load("/nowhere/libonnxruntime.so.1"));

        Assert.Equal("ONNX Runtime", error.Capability);
        Assert.Contains("'/nowhere/libonnxruntime.so.1'", error.Message, StringComparison.Ordinal);
        Assert.Contains("onnxruntime-node", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NamedFileIsNoLibrary_SaysSo()
    {
        var path = Path.GetTempFileName();
        try
        {
            var error = Assert.Throws<CapabilityNotSupportedException>(() => OnnxRuntimeLibrary.Load(path));

            Assert.Contains("no usable ONNX Runtime", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
