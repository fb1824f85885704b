namespace Hearth.Cli.Local.Nodes;

/// <summary>The log of one run of a container: a file that its process appends to, with what was cut off it in a second file.</summary>
internal static class ContainerLog
{
    /// <summary>A log beyond this size is cut: what it holds moves to a second file, replacing what was there.</summary>
    public const long MaxBytes = 16 << 20;

    private const string CutSuffix = ".1";
    private const int BlockSize = 64 << 10;
    private static readonly TimeSpan FollowPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Keeps the log within twice <paramref name="maxBytes"/>. What is written meanwhile may be lost, as with logrotate's copytruncate.</summary>
    public static void Cut(string path, long maxBytes = MaxBytes)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length <= maxBytes)
            return;
        file.CopyTo(path + CutSuffix, overwrite: true);
        using var log = file.OpenWrite();
        log.SetLength(0);
    }

    /// <summary>Writes the last <paramref name="tailLines"/> lines of a log, or all of it, and what is appended while <paramref name="follow"/> holds.</summary>
    public static async Task CopyAsync(string path, long? tailLines, Func<bool> follow, Stream target, TimeProvider time, CancellationToken cancel)
    {
        if (tailLines is null && File.Exists(path + CutSuffix))
        {
            await using var cut = Open(path + CutSuffix);
            await cut.CopyToAsync(target, cancel);
        }
        await using var log = Open(path);
        log.Position = tailLines is { } lines ? await FindTailAsync(log, lines, cancel) : 0;
        while (true)
        {
            // Asked before the copy: what a run wrote before it ended is read after it ended.
            var more = follow();
            await log.CopyToAsync(target, cancel);
            await target.FlushAsync(cancel);
            if (!more)
                return;
            await Task.Delay(FollowPeriod, time, cancel);
            if (log.Length < log.Position)
                log.Position = 0;
        }
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Where the last <paramref name="lines"/> lines begin; a text without a newline at its end ends in a line all the same.</summary>
    private static async Task<long> FindTailAsync(FileStream log, long lines, CancellationToken cancel)
    {
        if (lines <= 0)
            return log.Length;
        var block = new byte[BlockSize];
        var end = log.Length;
        var newlines = 0L;
        for (var start = end; start > 0;)
        {
            var size = (int)Math.Min(BlockSize, start);
            start -= size;
            log.Position = start;
            await log.ReadExactlyAsync(block.AsMemory(0, size), cancel);
            for (var i = size - 1; i >= 0; i--)
            {
                if (block[i] == '\n' && start + i != end - 1 && ++newlines == lines)
                    return start + i + 1;
            }
        }
        return 0;
    }
}
