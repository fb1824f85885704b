namespace Hearth.Benchmarks;

/// <summary>The tmpfs that stands for the memory of a node.</summary>
internal static class NodeMemory
{
    /// <summary>/dev/shm, whose pages have 4 KiB; or another mount, named by BENCH_SHARE, as <c>mount -t tmpfs -o huge=within_size tmpfs FOLDER</c> makes one of large pages.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("BENCH_SHARE") is { Length: > 0 } folder ? folder : "/dev/shm";
}
