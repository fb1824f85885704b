using System.Globalization;

namespace Hearth.Worker.Assignments;

/// <summary>What an idle worker holds, and whether it has grown: what one assignment leaves behind unseen adds up over many.</summary>
/// <remarks>
/// The level is that after the first release, when everything that comes up once has come up. Connections, the thread pool and compiled code come and go above
/// it, so only much more than it is growth.
/// </remarks>
internal sealed class IdleLevel(Func<ProcessUse> measure)
{
    /// <summary>Descriptors above the level: a gateway or node keeps a few connections open.</summary>
    public const int MoreFiles = 128;

    /// <summary>Threads above the level: the pool's, which end after a while without work.</summary>
    public const int MoreThreads = 64;

    /// <summary>Bytes of the native heap above the level.</summary>
    public const long MoreBytes = 64 << 20;

    private ProcessUse? _level;

    /// <summary>What has grown too far since the first call, as the subject of a sentence; null where nothing has.</summary>
    /// <param name="kept">Bytes of the native heap that are kept on purpose.</param>
    public string? FindGrowth(long kept)
    {
        var now = measure();
        now = now with { NativeBytes = now.NativeBytes - kept };
        var level = _level ??= now;
        var grown = new List<string>();
        if (now.Files > level.Files + MoreFiles)
            grown.Add($"{now.Files - level.Files} more open files than an idle worker has");
        if (now.Threads > level.Threads + MoreThreads)
            grown.Add($"{now.Threads - level.Threads} more threads than an idle worker has");
        if (now.NativeBytes > level.NativeBytes + MoreBytes)
            grown.Add(string.Create(CultureInfo.InvariantCulture, $"{(now.NativeBytes - level.NativeBytes) / 1e6:0} MB of native memory more than an idle worker has"));
        return grown.Count > 0 ? string.Join(" and ", grown) : null;
    }
}
