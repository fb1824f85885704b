using System.Runtime.InteropServices;

namespace Hearth.Worker;

/// <summary>The heap of the C library, from which ONNX Runtime and the buffers of models are allocated.</summary>
internal static partial class NativeHeapNative
{
    // malloc_trim gives free pages back, which the next model then has to fault in again: worth it only for many.
    private const nuint TrimAbove = 64 << 20;

    /// <summary>Bytes in use; null with a C library that does not tell.</summary>
    public static long? InUse
    {
        get
        {
            try
            {
                var info = Mallinfo2();
                return (long)(info.InUse + info.Mapped);
            }
            catch (EntryPointNotFoundException)
            {
                return null;
            }
        }
    }

    /// <summary>Gives the memory that was freed back to the system, where it is much.</summary>
    public static void Trim()
    {
        try
        {
            if (Mallinfo2().Free > TrimAbove)
                _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, with its own idea of when.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallinfo2")]
    private static partial HeapInfo Mallinfo2();

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int MallocTrim(nuint pad);

    /// <summary><c>struct mallinfo2</c> of malloc.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct HeapInfo
    {
        public nuint Arena;
        public nuint FreeChunks;
        public nuint FastChunks;
        public nuint MappedChunks;
        public nuint Mapped;
        public nuint MaxTotal;
        public nuint FastFree;
        public nuint InUse;
        public nuint Free;
        public nuint TopFree;
    }
}
