using Hearth.Policies.Schedules;

namespace Hearth.Cli.Simulation;

/// <summary>Requests in the order of their arrival.</summary>
internal sealed class Trace
{
    public Trace(string name, IReadOnlyList<string> functions, IEnumerable<TraceRequest> requests)
    {
        Name = name;
        Functions = functions;
        Requests = [.. requests.OrderBy(r => r.Arrival)];
    }

    /// <summary>What it is called in reports.</summary>
    public string Name { get; }

    /// <summary>Names of the functions.</summary>
    public IReadOnlyList<string> Functions { get; }

    /// <summary>The requests.</summary>
    public IReadOnlyList<TraceRequest> Requests { get; }

    /// <summary>
    /// The trace as it would be if every request might start up to <paramref name="seconds"/> later, spread so that the busiest second has as few starts
    /// as that allows; and those most starts in a second.
    /// </summary>
    public (Trace Trace, int MostPerSecond) Deferred(double seconds)
    {
        var slot = TimeSpan.FromSeconds(1);
        var jobs = Requests.Select(r => (At(r.Arrival), At(r.Arrival + seconds))).ToArray();
        var starts = jobs.Select(job => job.Item1).ToArray();
        var (least, most) = (1, Peak(starts));
        while (least < most)
        {
            var rate = (least + most) / 2;
            if (PeakShaving.Plan(jobs, rate, slot) is var plan && Peak(plan) <= rate)
                (most, starts) = (rate, plan);
            else
                least = rate + 1;
        }
        return (new(Name, Functions, Requests.Zip(starts, (r, start) => r with { Arrival = (start - DateTimeOffset.UnixEpoch).TotalSeconds })), most);

        static DateTimeOffset At(double seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

        int Peak(DateTimeOffset[] starts) => starts.GroupBy(start => start.UtcTicks / slot.Ticks).Max(second => second.Count());
    }

    /// <summary>When half of the requests have arrived.</summary>
    public double Middle => Requests[Requests.Count / 2].Arrival;

    /// <summary>When the last request arrives.</summary>
    public double End => Requests[^1].Arrival;
}
