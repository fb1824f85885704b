using Hearth.Policies.KeepAlive;

namespace Hearth.Cli.Simulation;

/// <summary>The worker that is the n-th of its function to be used; whether there is one depends on the policy.</summary>
internal sealed class SimulatedWorker
{
    private readonly List<(double Start, double End)> _held = [];

    /// <summary>When its last request ended; null while it works, and before it was first used.</summary>
    public double? IdleSince { get; private set; }

    /// <summary>Times idle so far: tells an idle time that a timer was set for from a later one.</summary>
    public int Version { get; private set; }

    /// <summary>What the policy decided when it went idle.</summary>
    public KeepAliveDecision Decision { get; private set; }

    /// <summary>Since when it is kept because of the load, whatever its idle time; null when it is not.</summary>
    public double? HeldSince { get; private set; }

    /// <summary>When it can take a request.</summary>
    public double ReadyAt { get; set; }

    /// <summary>When the start of the present worker began, and how long it took.</summary>
    public (double Time, double Took) Started { get; set; }

    /// <summary>Idle seconds already charged to the budget.</summary>
    public double Charged { get; set; }

    public void Rest(double time, KeepAliveDecision decision)
    {
        (IdleSince, Decision, Charged) = (time, decision, 0);
        Version++;
    }

    public void Hold(double time) => HeldSince ??= time;

    public void LetGo(double time)
    {
        if (HeldSince is { } since)
            _held.Add((since, time));
        HeldSince = null;
    }

    public void Use()
    {
        IdleSince = null;
        HeldSince = null;
        _held.Clear();
    }

    /// <summary>Whether a worker is there at <paramref name="time"/>.</summary>
    public bool IsWarm(double time) =>
        HeldSince is not null || (IdleSince is { } since && Decision.IsWarmAfter(TimeSpan.FromSeconds(time - since)));

    /// <summary>The parts of the idle time up to <paramref name="time"/> in which a worker was there, joined where they overlap.</summary>
    /// <param name="time">The end.</param>
    /// <param name="start">Seconds that a start in advance took before its window.</param>
    public IEnumerable<(double Start, double End)> Warm(double time, double start)
    {
        var spans = new List<(double Start, double End)>(_held);
        if (HeldSince is { } held)
            spans.Add((held, time));
        if (IdleSince is { } since)
        {
            spans.Add((since, since + Decision.Duration.TotalSeconds));
            if (Decision.PreWarm is { } window)
                spans.Add((since + Math.Max(0, window.Start.TotalSeconds - start), since + window.End.TotalSeconds));
        }
        var covered = double.NegativeInfinity;
        foreach (var (from, to) in spans.OrderBy(s => s.Start))
        {
            var (a, b) = (Math.Max(from, covered), Math.Min(to, time));
            if (b > a)
                yield return (a, b);
            covered = Math.Max(covered, b);
        }
    }
}
