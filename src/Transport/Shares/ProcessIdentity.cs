using System.Globalization;

namespace Hearth.Transport.Shares;

/// <summary>This process in words that no other, before or after, has.</summary>
internal static class ProcessIdentity
{
    // After the name in parentheses, which may hold spaces: field 22 of proc_pid_stat(5), counted from the third.
    private const int StartField = 22 - 3;

    /// <summary>Pid, start in clock ticks since the boot, and the boot.</summary>
    public static string Describe()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        var start = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartField];
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        return string.Create(CultureInfo.InvariantCulture, $"pid {Environment.ProcessId} on \"{Environment.MachineName}\", started at tick {start} of boot {boot}");
    }
}
