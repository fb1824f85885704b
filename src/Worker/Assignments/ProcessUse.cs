namespace Hearth.Worker.Assignments;

/// <summary>What this process holds of the machine.</summary>
/// <param name="Files">Open file descriptors.</param>
/// <param name="Threads">Threads.</param>
/// <param name="NativeBytes">Bytes of the native heap in use.</param>
internal readonly record struct ProcessUse(int Files, int Threads, long NativeBytes)
{
    /// <summary>Now.</summary>
    public static ProcessUse Measure() => new(Count("/proc/self/fd"), Count("/proc/self/task"), NativeHeapNative.InUse ?? 0);

    private static int Count(string directory) => Directory.Exists(directory) ? Directory.EnumerateFileSystemEntries(directory).Count() : 0;
}
