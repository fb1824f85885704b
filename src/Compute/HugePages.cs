using System.Runtime.InteropServices;

namespace Hearth.Compute;

/// <summary>Large pages for large memory: a pass over many arrays at once then waits less often for the address of a page.</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Bytes of a large page on x86-64 and, with pages of 4 KiB, on AArch64.</summary>
    public const nuint Size = 2 << 20;

    /// <summary>Bytes from which memory is worth some large pages.</summary>
    public const long LeastBytes = 4 << 20;

    private const int Advice = 14;

    /// <summary>Asks the system for large pages where it gives them on demand; it may refuse, which changes nothing but the speed (madvise(2), MADV_HUGEPAGE).</summary>
    public static void Ask(void* memory, nuint length)
    {
        if (OperatingSystem.IsLinux())
            _ = AdviseMemory(memory, length, Advice);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nuint length, int advice);
}
