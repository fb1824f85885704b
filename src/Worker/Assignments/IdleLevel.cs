using System.Globalization;
using Hearth.Api.Workers;

namespace Hearth.Worker.Assignments;

/// <summary>What an idle worker holds, and whether it has grown: what one assignment leaves behind unseen adds up over many.</summary>
/// <remarks>
/// The level is that after the first release of each role, when everything that comes up once for it has come up. Connections, the thread pool and compiled code
/// come and go above it, so only much more than it is growth.
/// </remarks>
internal sealed class IdleLevel(Func<ProcessUse> measure)
{
    /// <summary>Descriptors above the level: a gateway or node keeps a few connections open.</summary>
    public const int MoreFiles = 128;

    /// <summary>Threads above the level: the pool's, which end after a while without work, and those of an accelerator that starts with its first model.</summary>
    public static readonly int MoreThreads = 64 + (4 * Environment.ProcessorCount);

    /// <summary>Bytes of the native heap above the level.</summary>
    public const long MoreBytes = 64 << 20;

    private readonly HashSet<WorkerRole> _seen = [];
    private ProcessUse _level;

    /// <summary>What has grown too far since the first release of each role, as the subject of a sentence; null where nothing has.</summary>
    /// <param name="role">What the worker was.</param>
    /// <param name="kept">Bytes of the native heap that are kept on purpose.</param>
    public string? FindGrowth(WorkerRole role, long kept)
    {
        var now = measure();
        now = now with { NativeBytes = now.NativeBytes - kept };
        if (_seen.Add(role))
            _level = new(Math.Max(_level.Files, now.Files), Math.Max(_level.Threads, now.Threads), Math.Max(_level.NativeBytes, now.NativeBytes));
        var level = _level;
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
