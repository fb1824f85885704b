using Hearth.Api.Workers;

namespace Hearth.Gateway.Functions;

/// <summary>The workers of one function and the choice among them. Guarded by the lock of its <see cref="FunctionState"/>.</summary>
/// <remarks>
/// Power of two choices on the requests in flight (Mitzenmacher, 2001): two workers by chance, the less loaded one wins. A worker that failed is
/// passed over for a moment that doubles with each failure in a row, but never taken for dead: that is for its node to say.
/// </remarks>
internal sealed class WorkerSet(TimeProvider time, Random random)
{
    private static readonly TimeSpan FirstPenalty = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxPenalty = TimeSpan.FromSeconds(1);

    // A busy worker is asked again soon: its slot frees whenever another gateway's request ends.
    private static readonly TimeSpan BusyPenalty = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, WorkerEndpoint> _workers = [];
    private WorkerEndpoint[] _serving = [];

    /// <summary>All workers that the function has, in whatever state.</summary>
    public IReadOnlyCollection<WorkerEndpoint> All => _workers.Values;

    /// <summary>Workers to which requests may be sent.</summary>
    public int ServingCount => _serving.Length;

    /// <summary>Requests in flight over all workers.</summary>
    public int InFlight { get; private set; }

    /// <summary>The worker of that pod, or null.</summary>
    public WorkerEndpoint? Find(string name) => _workers.GetValueOrDefault(name);

    /// <summary>Adds a worker, or replaces the one of the same pod under an earlier assignment, whose requests finish on their own.</summary>
    public void Put(WorkerEndpoint worker)
    {
        _workers[worker.Name] = worker;
        Refresh();
    }

    /// <summary>Forgets a worker; its requests finish on their own.</summary>
    public void Remove(string name)
    {
        if (_workers.Remove(name))
            Refresh();
    }

    /// <summary>Takes note that what a worker says about itself has changed.</summary>
    public void Refresh() => _serving = [.. _workers.Values.Where(worker => worker.IsServing)];

    /// <summary>Takes a slot of a worker with room, or returns null.</summary>
    /// <param name="concurrency">Slots of each worker; 0 for no limit.</param>
    /// <param name="now">Timestamp that decides who is passed over.</param>
    public WorkerEndpoint? TryTake(int concurrency, long now)
    {
        var limit = concurrency == 0 ? int.MaxValue : concurrency;
        var chosen = _serving.Length <= 2 ? Best(limit, now) : BestOfTwo(limit, now) ?? Best(limit, now);
        if (chosen is not null)
        {
            chosen.InFlight++;
            InFlight++;
        }
        return chosen;
    }

    /// <summary>Takes a slot of a worker with room other than <paramref name="worker"/>, the least loaded one, or returns null.</summary>
    public WorkerEndpoint? TryTakeOther(WorkerEndpoint worker, int concurrency, long now)
    {
        var limit = concurrency == 0 ? int.MaxValue : concurrency;
        WorkerEndpoint? best = null;
        foreach (var other in _serving)
            best = other == worker ? best : Better(best, other, limit, now);
        if (best is not null)
        {
            best.InFlight++;
            InFlight++;
        }
        return best;
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(WorkerEndpoint worker)
    {
        worker.InFlight--;
        InFlight--;
    }

    /// <summary>The worker answered, so it is well.</summary>
    public static void OnAnswer(WorkerEndpoint worker) => worker.Failures = 0;

    /// <summary>The worker could not be reached or broke off. Attempts that began before an earlier failure count once.</summary>
    public void OnFailure(WorkerEndpoint worker)
    {
        if (time.GetTimestamp() < worker.AvoidedUntil)
            return;
        var penalty = FirstPenalty * (1 << Math.Min(worker.Failures, 5));
        worker.Failures++;
        Avoid(worker, penalty < MaxPenalty ? penalty : MaxPenalty);
    }

    /// <summary>The worker refused a request, which is no fault of it.</summary>
    public void OnRefusal(WorkerEndpoint worker, RefusalReason reason)
    {
        switch (reason)
        {
            case RefusalReason.NotAssigned:
                worker.IsLost = true;
                worker.Ready = null;
                break;
            case RefusalReason.Draining:
                worker.IsDraining = true;
                break;
            default:
                Avoid(worker, BusyPenalty);
                break;
        }
        Refresh();
    }

    /// <summary>
    /// How long until a worker that is passed over at <paramref name="now"/> may be asked again, or null when none is. With the timestamp of the
    /// <see cref="TryTake"/> that found none, no worker can fall between the two.
    /// </summary>
    public TimeSpan? UntilRetry(long now)
    {
        var earliest = long.MaxValue;
        foreach (var worker in _serving)
        {
            if (worker.AvoidedUntil > now)
                earliest = Math.Min(earliest, worker.AvoidedUntil);
        }
        return earliest == long.MaxValue ? null : time.GetElapsedTime(now, earliest);
    }

    private void Avoid(WorkerEndpoint worker, TimeSpan penalty) =>
        worker.AvoidedUntil = time.GetTimestamp() + (long)(penalty.TotalSeconds * time.TimestampFrequency);

    private WorkerEndpoint? BestOfTwo(int limit, long now)
    {
        var first = random.Next(_serving.Length);
        var second = random.Next(_serving.Length - 1);
        if (second >= first)
            second++;
        return Better(_serving[first], _serving[second], limit, now);
    }

    private WorkerEndpoint? Best(int limit, long now)
    {
        WorkerEndpoint? best = null;
        foreach (var worker in _serving)
            best = Better(best, worker, limit, now);
        return best;
    }

    private static WorkerEndpoint? Better(WorkerEndpoint? a, WorkerEndpoint? b, int limit, long now)
    {
        a = HasRoom(a, limit, now) ? a : null;
        b = HasRoom(b, limit, now) ? b : null;
        return a is null || (b is not null && b.InFlight < a.InFlight) ? b : a;
    }

    private static bool HasRoom(WorkerEndpoint? worker, int limit, long now) =>
        worker is not null && worker.InFlight < limit && worker.AvoidedUntil <= now;
}
