namespace Hearth.Policies.Schedules;

/// <summary>
/// When asynchronous work runs that may wait: "Serverless Cold Starts and Where to Find Them" (EuroSys 2025, section 7) finds peaks so narrow that a short
/// delay within the deadline flattens them.
/// </summary>
public static class PeakShaving
{
    /// <summary>
    /// Start times, in the order of <paramref name="jobs"/>: earliest deadline first, at most <paramref name="rate"/> starts in a slot, never before the
    /// arrival. A job whose deadline no slot with room meets starts when it arrives: the peak rises, nothing is late by our doing.
    /// </summary>
    /// <param name="jobs">When each arrived, and by when it must start.</param>
    /// <param name="rate">Starts in a slot; above 0.</param>
    /// <param name="slot">Length of a slot; above 0.</param>
    public static DateTimeOffset[] Plan(IReadOnlyList<(DateTimeOffset Arrival, DateTimeOffset StartBy)> jobs, int rate, TimeSpan slot)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rate, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(slot, TimeSpan.Zero);
        var starts = new DateTimeOffset[jobs.Count];
        var used = new Dictionary<long, int>();
        foreach (var i in Enumerable.Range(0, jobs.Count).OrderBy(i => jobs[i].StartBy).ThenBy(i => jobs[i].Arrival))
        {
            var (arrival, startBy) = jobs[i];
            var (first, last) = (arrival.UtcTicks / slot.Ticks, startBy.UtcTicks / slot.Ticks);
            var chosen = first;
            while (chosen < last && used.GetValueOrDefault(chosen) >= rate)
                chosen++;
            var fits = used.GetValueOrDefault(chosen) < rate;
            var start = fits && chosen > first ? new DateTimeOffset(chosen * slot.Ticks, TimeSpan.Zero) : arrival;
            starts[i] = start <= startBy ? start : arrival;
            var slotOf = starts[i].UtcTicks / slot.Ticks;
            used[slotOf] = used.GetValueOrDefault(slotOf) + 1;
        }
        return starts;
    }
}
