using System.Globalization;

namespace Hearth.Policies.KeepAlive;

/// <summary>What a function's idle times and cold starts have taught, as a short text that outlives whoever learnt it.</summary>
/// <remarks>
/// Parts behind letters, with spaces between: <c>i</c> the faded bins of the first rank, <c>m</c> the minutes, each as <c>index=weight</c>; <c>o</c> idle times beyond the
/// minutes; <c>f</c> the forecast in seconds; <c>c</c> cold starts as <c>number=seconds of all</c>. Rank 1 alone: it is the one that the operator observes. Numbers have four digits,
/// so that what was read is written the same, and the longest text is about 5 KB.
/// </remarks>
internal static class LearntIdleTimes
{
    /// <summary>Longest text that is read.</summary>
    public const int MaxLength = 8192;

    // What has faded so far decides nothing any more.
    private const double Least = 0.01;
    private const double Most = 1e6;

    /// <summary>The text; null where nothing has been learnt.</summary>
    public static string? Write(IdleHistory history, ColdStartMean coldStarts)
    {
        var times = history.OfRank(1);
        var minutes = history.Minutes;
        var parts = new List<string>();
        Add('i', Pairs(IdleTimes.Bins, bin => times?.WeightOf(bin, bin) ?? 0));
        Add('m', Pairs(MinuteHistogram.Bins, minutes.CountOf));
        if (minutes.OutOfBounds > 0)
            Add('o', Text(minutes.OutOfBounds));
        if (minutes.Forecast > 0)
            Add('f', Text(minutes.Forecast));
        if (coldStarts.Count > 0)
            Add('c', $"{Text(coldStarts.Count)}={Text(coldStarts.Sum)}");
        return parts.Count > 0 ? string.Join(' ', parts) : null;

        void Add(char letter, string content)
        {
            if (content.Length > 0)
                parts.Add(letter + content);
        }
    }

    /// <summary>Fills what is empty with what was learnt. What is none of it is passed over: it is learnt anew.</summary>
    public static void Read(string text, IdleHistory history, ColdStartMean coldStarts)
    {
        if (text.Length > MaxLength)
            return;
        var parts = text.Split(' ').Where(part => part.Length > 1).GroupBy(part => part[0]).ToDictionary(part => part.Key, part => part.First()[1..]);
        foreach (var (bin, weight) in Pairs(parts.GetValueOrDefault('i'), IdleTimes.Bins))
            history.Restore(bin, weight);
        foreach (var (minute, count) in Pairs(parts.GetValueOrDefault('m'), MinuteHistogram.Bins))
            history.Minutes.Restore(minute, (int)count);
        history.Minutes.RestoreRest((int)Number(parts.GetValueOrDefault('o')), Number(parts.GetValueOrDefault('f')));
        foreach (var (count, seconds) in Pairs(parts.GetValueOrDefault('c'), (int)Most))
            coldStarts.Add(seconds, count);
    }

    private static string Pairs(int count, Func<int, double> weight) => string.Join(
        ',', Enumerable.Range(0, count).Select(i => (Index: i, Weight: weight(i))).Where(pair => pair.Weight >= Least).Select(pair => $"{Text(pair.Index)}={Text(pair.Weight)}"));

    private static IEnumerable<(int Index, double Weight)> Pairs(string? text, int end) =>
        from pair in (text ?? "").Split(',')
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        let index = at > 0 && int.TryParse(pair.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue
        where index < end
        select (index, Number(pair[(at + 1)..]));

    private static double Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= Most ? number : 0;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number)
    {
        // Four digits, and never an exponent.
        var digits = number >= 1000 ? 0 : number >= 100 ? 1 : number >= 10 ? 2 : 3;
        return Math.Round(Math.Min(number, Most), digits).ToString("0.###", CultureInfo.InvariantCulture);
    }
}
