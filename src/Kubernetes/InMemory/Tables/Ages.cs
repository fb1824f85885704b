using System.Globalization;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Time spans as kubectl prints them (apimachinery's <c>HumanDuration</c>): two units at most, coarser as they grow.</summary>
internal static class Ages
{
    /// <summary>Prints <paramref name="age"/>, for example <c>95s</c>, <c>5m3s</c>, <c>26h</c>, <c>3d4h</c>, <c>2y11d</c>.</summary>
    public static string Print(TimeSpan age)
    {
        var seconds = (long)age.TotalSeconds;
        var minutes = seconds / 60;
        var hours = minutes / 60;
        var days = hours / 24;
        return seconds switch
        {
            < -1 => "<invalid>",
            < 0 => "0s",
            < 2 * 60 => Invariant($"{seconds}s"),
            _ when minutes < 10 => Pair(minutes, "m", seconds % 60, "s"),
            _ when minutes < 3 * 60 => Invariant($"{minutes}m"),
            _ when hours < 8 => Pair(hours, "h", minutes % 60, "m"),
            _ when hours < 48 => Invariant($"{hours}h"),
            _ when days < 8 => Pair(days, "d", hours % 24, "h"),
            _ when days < 365 * 2 => Invariant($"{days}d"),
            _ when days < 365 * 8 => Pair(days / 365, "y", days % 365, "d"),
            _ => Invariant($"{days / 365}y"),
        };
    }

    /// <summary>Prints the time since <paramref name="timestamp"/>, or <c>&lt;unknown&gt;</c> when it is none.</summary>
    public static string Since(string? timestamp, DateTimeOffset now) =>
        DateTimeOffset.TryParse(timestamp, CultureInfo.InvariantCulture, out var then) ? Print(now - then) : "<unknown>";

    private static string Pair(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? Invariant($"{large}{largeUnit}") : Invariant($"{large}{largeUnit}{small}{smallUnit}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
