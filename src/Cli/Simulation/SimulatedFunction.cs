using Hearth.Policies.KeepAlive;

namespace Hearth.Cli.Simulation;

/// <summary>One function under replay: its workers by rank, and the requests in flight.</summary>
internal sealed class SimulatedFunction(int index, string name, SimulationSettings settings, KeepAliveFleet fleet, IReadOnlyList<SimulationTally> tallies)
{
    private readonly List<SimulatedWorker> _workers = [];
    private int _inFlight;
    private int _kept;
    private double _coldStart;
    private long _coldStarts;

    private int Level => (_inFlight + settings.Concurrency - 1) / settings.Concurrency;

    private double MeanColdStart => _coldStarts == 0 ? 0 : _coldStart / _coldStarts;

    /// <summary>Whether workers are kept because of the load, which time alone may end.</summary>
    public bool IsHolding => _kept > Level;

    /// <summary>Takes a request; the answer is when it ends.</summary>
    public double Arrive(double time, TraceRequest request, double coldStart)
    {
        var before = Level;
        _inFlight++;
        var worker = Worker(Level);
        if (Level > before)
            Use(worker, Level, time, coldStart);
        var wait = Math.Max(0, worker.ReadyAt - time);
        foreach (var tally in tallies)
            tally.AddRequest(time, index, wait, request.Duration);
        Follow(time, 1.0 / settings.Concurrency);
        return time + wait + request.Duration;
    }

    /// <summary>Ends a request. The answer is the idle time that begins, to be settled when it has run its course; null when none does.</summary>
    public (int Rank, int Version, double At)? Depart(double time)
    {
        var rank = Level;
        _inFlight--;
        var isIdle = Level < rank;
        if (isIdle)
            Worker(rank).Rest(time, fleet.Decide(name, settings.KeepAlive, rank));
        Follow(time, 0);
        return isIdle ? (rank, Worker(rank).Version, time + Course(Worker(rank).Decision)) : null;
    }

    /// <summary>Charges an idle time that has run its course without a request.</summary>
    public void Settle(int rank, int version, double time)
    {
        var worker = Worker(rank);
        if (worker.Version == version && worker.IdleSince is { } since && worker.Charged == 0)
            Charge(worker, since, time);
    }

    /// <summary>Adjusts the workers kept because of the load.</summary>
    public void Follow(double time, double starts)
    {
        fleet.RecordLoad(name, At(time), Level, starts);
        _kept = fleet.Spare(name, settings.KeepAlive, At(time));
        for (var rank = Level + 1; rank <= Math.Max(_kept, _workers.Count); rank++)
        {
            var worker = Worker(rank);
            if (rank > _kept)
            {
                worker.LetGo(time);
                continue;
            }
            if (!worker.IsWarm(time))
                Start(worker, time, time + MeanColdStart, MeanColdStart);
            worker.Hold(time);
        }
    }

    /// <summary>Counts what is idle when the trace ends.</summary>
    public void Finish(double time)
    {
        foreach (var worker in _workers)
            CountIdle(worker, time);
    }

    private void Use(SimulatedWorker worker, int rank, double time, double coldStart)
    {
        CountIdle(worker, time);
        var isWarm = worker.IsWarm(time);
        if (worker.IdleSince is { } since)
        {
            Charge(worker, since, time);
            fleet.RecordIdle(name, rank, TimeSpan.FromSeconds(time - since));
            if (isWarm && worker.HeldSince is null && time - since > worker.Decision.Duration.TotalSeconds)
                Start(worker, time, time, coldStart);
        }
        if (!isWarm)
        {
            fleet.RecordColdStart(name, TimeSpan.FromSeconds(coldStart));
            (_coldStart, _coldStarts) = (_coldStart + coldStart, _coldStarts + 1);
            Start(worker, time, time + coldStart, coldStart);
        }
        worker.Use();
    }

    private void Start(SimulatedWorker worker, double time, double ready, double took)
    {
        // One that was kept for the load and never used last worked before it started.
        double? useful = worker.Started.Took > 0 && worker.IdleSince is { } since ? Math.Max(0, since - worker.Started.Time) / worker.Started.Took : null;
        worker.Started = (time, took);
        worker.ReadyAt = ready;
        foreach (var tally in tallies)
        {
            tally.AddCreated(time);
            if (useful is { } utility)
                tally.AddUtility(time, utility);
        }
    }

    private void CountIdle(SimulatedWorker worker, double time)
    {
        foreach (var (start, end) in worker.Warm(time, MeanColdStart))
        {
            foreach (var tally in tallies)
                tally.AddIdle(start, end);
        }
    }

    private void Charge(SimulatedWorker worker, double since, double time)
    {
        var spent = worker.Warm(time, MeanColdStart).Sum(s => s.End - s.Start);
        var reference = worker.Charged > 0 ? 0 : Math.Min(time - since, settings.KeepAlive.Duration.TotalSeconds);
        fleet.Charge(settings.KeepAlive, At(time), TimeSpan.FromSeconds(reference), TimeSpan.FromSeconds(spent - worker.Charged));
        worker.Charged = Math.Max(spent, double.Epsilon);
    }

    private double Course(KeepAliveDecision decision) =>
        Math.Max(settings.KeepAlive.Duration.TotalSeconds, (decision.PreWarm?.End ?? decision.Duration).TotalSeconds);

    private SimulatedWorker Worker(int rank)
    {
        while (_workers.Count < rank)
            _workers.Add(new());
        return _workers[rank - 1];
    }

    private static DateTimeOffset At(double time) => DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(time);
}
