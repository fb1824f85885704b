namespace Hearth.Cli.Local.Nodes;

/// <summary>How long a container that ended waits for its next start, as a kubelet does: at once the first time, then 10 s doubling to 5 minutes.</summary>
internal sealed class CrashBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Healthy = TimeSpan.FromMinutes(10);

    private TimeSpan _next = TimeSpan.Zero;

    /// <summary>The wait after a run that lasted <paramref name="ran"/>. Ten minutes of running forgive what was before.</summary>
    public TimeSpan Next(TimeSpan ran)
    {
        if (ran >= Healthy)
            _next = TimeSpan.Zero;
        var wait = _next;
        _next = wait == TimeSpan.Zero ? First : wait * 2 < Longest ? wait * 2 : Longest;
        return wait;
    }
}
