using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;

namespace Hearth.Policies.Schedules;

/// <summary>Which workers of a function are to be ready before anybody asks: by its cron windows, and by what its idle times foretell.</summary>
public static class PreWarming
{
    /// <summary>Decides for <paramref name="now"/>.</summary>
    /// <param name="windows">The function's cron windows. Where they overlap the greatest target counts.</param>
    /// <param name="idle">The window of its keep-alive policy; null for none.</param>
    /// <param name="lastActive">When a request last arrived or ended; null when none did.</param>
    /// <param name="now">The time.</param>
    public static PreWarmDecision Decide(IReadOnlyList<PreWarmWindow>? windows, IdleSpan? idle, DateTimeOffset? lastActive, DateTimeOffset now)
    {
        var (workers, changes, notes) = (0, new List<DateTimeOffset>(), new List<string>());
        foreach (var (window, i) in (windows ?? []).Select((w, i) => (w, i)))
        {
            if (Read(window, out var zone, out var fault) is not { } schedule)
            {
                notes.Add($"scale.preWarm[{i}]: {fault}. It is left out.");
                continue;
            }
            var open = schedule.Last(now - window.Duration + TimeSpan.FromTicks(1), now, zone);
            if (open is { } start)
            {
                workers = Math.Max(workers, window.Target);
                changes.Add(start + window.Duration);
            }
            if (schedule.Next(now, zone) is { } next)
                changes.Add(next);
        }
        if (idle is { } span && lastActive is { } last)
        {
            var isOpen = now >= last + span.Start && now < last + span.End;
            workers = Math.Max(workers, isOpen ? 1 : 0);
            if (now < last + span.End)
                changes.Add(isOpen ? last + span.End : last + span.Start);
        }
        return new(workers, changes.Count > 0 ? changes.Min() - now : null, notes.Count > 0 ? string.Join(' ', notes) : null);
    }

    private static CronSchedule? Read(PreWarmWindow window, out TimeZoneInfo zone, out string? fault)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(window.TimeZone, out zone!))
        {
            fault = $"\"{window.TimeZone}\" is no time zone: a name like Europe/Berlin is expected";
            return null;
        }
        return CronSchedule.TryParse(window.Schedule, out fault);
    }
}
