using Hearth.Compute.Accelerators;

namespace Hearth.Compute.OpenCl;

/// <summary>A buffer; the driver keeps it until the work queued before its disposal is done.</summary>
internal sealed class OpenClMemoryBuffer(OpenClAccelerator accelerator, nint handle, long bytes, long reserved)
    : MemoryBuffer(accelerator, bytes, reserved)
{
    private protected override nint NativeHandle => handle;

    private protected override void Free() => _ = OpenClNative.clReleaseMemObject(handle);
}
