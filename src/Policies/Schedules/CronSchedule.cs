using System.Globalization;

namespace Hearth.Policies.Schedules;

/// <summary>
/// A cron expression of five fields (minute, hour, day of month, month, day of week) as in POSIX: lists, ranges, steps, names, and either day field where
/// both are restricted. Sunday is 0 or 7.
/// </summary>
public sealed class CronSchedule
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    private static readonly (string Name, int Min, int Max, string[] Names)[] Fields =
    [
        ("minute", 0, 59, []), ("hour", 0, 23, []), ("day of month", 1, 31, []), ("month", 1, 12, Months), ("day of week", 0, 7, Days),
    ];

    // A leap day on a given day of the week comes back within 40 years at the latest.
    private const int MaxYears = 40;

    private readonly bool[][] _matches;
    private readonly bool _anyDay;
    private readonly bool _anyWeekday;

    private CronSchedule(bool[][] matches, bool anyDay, bool anyWeekday) => (_matches, _anyDay, _anyWeekday) = (matches, anyDay, anyWeekday);

    /// <summary>Reads an expression; the fault names the field, what was expected, or is null.</summary>
    public static CronSchedule? TryParse(string expression, out string? fault)
    {
        var parts = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != Fields.Length)
        {
            fault = $"\"{expression}\" is no cron expression: five fields (minute hour day month weekday) are expected, it has {parts.Length}";
            return null;
        }
        var matches = new bool[Fields.Length][];
        for (var i = 0; i < Fields.Length; i++)
        {
            var (name, min, max, names) = Fields[i];
            if (Parse(parts[i], min, max, names) is not { } match)
            {
                fault = $"\"{expression}\" is no cron expression: the {name} \"{parts[i]}\" is not *, or numbers from {min} to {max} with , - and /";
                return null;
            }
            matches[i] = match;
        }
        matches[4][0] |= matches[4][7];
        fault = null;
        return new(matches, IsAny(parts[2]), IsAny(parts[4]));
    }

    /// <summary>The first time after <paramref name="time"/>, in the zone; null when there is none.</summary>
    /// <remarks>A local time that a change of the clocks skips is moved on by the gap; one that comes twice is taken once, the first time.</remarks>
    public DateTimeOffset? Next(DateTimeOffset time, TimeZoneInfo zone)
    {
        var start = TimeZoneInfo.ConvertTime(time, zone).DateTime;
        // From the start of the hour before, because local time may have been turned back since.
        var local = Floor(start).AddHours(-2);
        var end = local.AddYears(MaxYears);
        while (local < end)
        {
            if (!_matches[3][local.Month])
                local = new DateTime(local.Year, local.Month, 1).AddMonths(1);
            else if (!MatchesDay(local))
                local = local.Date.AddDays(1);
            else if (!_matches[1][local.Hour])
                local = local.Date.AddHours(local.Hour + 1);
            else if (!_matches[0][local.Minute] || ToUtc(local, zone) <= time)
                local = local.AddMinutes(1);
            else
                return ToUtc(local, zone);
        }
        return null;
    }

    /// <summary>The last time at or before <paramref name="time"/> and not before <paramref name="since"/>; null when there is none.</summary>
    public DateTimeOffset? Last(DateTimeOffset since, DateTimeOffset time, TimeZoneInfo zone)
    {
        DateTimeOffset? last = null;
        for (var next = Next(since.AddTicks(-1), zone); next <= time; next = Next(next.Value, zone))
            last = next;
        return last;
    }

    private bool MatchesDay(DateTime local)
    {
        var day = _matches[2][local.Day];
        var weekday = _matches[4][(int)local.DayOfWeek];
        return _anyDay || _anyWeekday ? day && weekday : day || weekday;
    }

    private static DateTime Floor(DateTime time) => new(time.Year, time.Month, time.Day, time.Hour, time.Minute, 0);

    private static DateTimeOffset ToUtc(DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private static bool IsAny(string field) => field.StartsWith('*');

    private static bool[]? Parse(string field, int min, int max, string[] names)
    {
        var match = new bool[max + 1];
        foreach (var part in field.Split(','))
        {
            var step = part.Split('/');
            var every = 1;
            if (step.Length > 2 || (step.Length == 2 && (Number(step[1], []) is not { } given || (every = given) < 1)))
                return null;
            var range = step[0] == "*" ? [$"{min}", $"{max}"] : step[0].Split('-');
            if (range.Length > 2 || Number(range[0], names) is not { } from || Number(range[^1], names) is not { } to)
                return null;
            // "5/15" runs to the end of the field.
            to = range.Length == 1 && step.Length == 2 ? max : to;
            if (from < min || to > max || from > to)
                return null;
            for (var value = from; value <= to; value += every)
                match[value] = true;
        }
        return match;

        int? Number(string text, string[] known)
        {
            var named = Array.FindIndex(known, name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
            return named >= 0 ? named + (min == 1 ? 1 : 0)
                : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;
        }
    }
}
