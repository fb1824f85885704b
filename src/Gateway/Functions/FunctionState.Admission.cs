using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Functions;

/// <summary>Who may wait: a request that would wait in vain, or for which there is no room, is told so at once.</summary>
internal sealed partial class FunctionState
{
    /// <summary>
    /// Why a request may not wait for a worker; null when it may, and room is taken for it. What it needs is activated in either case, so that one that cannot wait for a cold start
    /// finds a worker when it comes back.
    /// </summary>
    private Refusal? RefuseToWait(in CallTerms terms)
    {
        if (_workers.ServingCount == 0 && _pending.Count == 0 && !_workers.All.Any(worker => worker.IsStarting) && RefuseToActivate() is { } unable)
            return unable;
        Activate(_line.Count + 1, _line.Count > 0 ? Math.Min(_line.EarliestArrival, terms.Arrived) : terms.Arrived, terms.MayStart);
        return RefuseLate(terms) ?? RefuseCrowd(terms);
    }

    /// <summary>
    /// Refuses a request whose time would be over before a slot was free and a quick run had ended. Never when the wait is not known: the first callers are the measurement.
    /// </summary>
    private Refusal? RefuseLate(in CallTerms terms)
    {
        var wait = PredictWait(terms);
        var late = wait + _service.Quick - (terms.Timeout - _time.GetElapsedTime(terms.Arrived));
        if (wait == TimeSpan.Zero || late <= TimeSpan.Zero)
            return null;
        var cause = _workers.ServingCount == 0
            ? "a worker is being started, as for every request after a pause"
            : $"{_line.Ahead(terms)} requests go first on {_workers.ServingCount} workers";
        return new(
            Outcome.DeadlineUnreachable,
            $"{cause}, which is expected to take {wait.TotalSeconds:0.###} s, longer than is left of the timeout of {terms.Timeout.TotalSeconds:0.###} s", late);
    }

    /// <summary>Takes room, if need be from requests of the same function that are less important.</summary>
    private Refusal? RefuseCrowd(in CallTerms terms)
    {
        while (true)
        {
            var isFull = _line.Count >= _maxQueued;
            if (!isFull && _room.TryEnter(this, terms.Bytes))
                return null;
            if (_line.LastBelow(terms.Priority) is not { } lesser)
                return isFull ? QueueFull(terms) : GatewayFull(terms);
            Displace(lesser, isFull ? QueueFull(lesser.Terms) : GatewayFull(lesser.Terms), "priority");
        }
    }

    private TimeSpan PredictWait(in CallTerms terms)
    {
        var concurrency = _function.Spec.Concurrency;
        var starting = _pending.Count > 0 ? _pending.Count : _workers.All.Count(worker => worker.IsStarting);
        // With no limit a worker takes all who wait.
        var perWorker = concurrency == 0 ? 1_000_000 : concurrency;
        return new WaitPrediction
        {
            Ahead = _line.Ahead(terms),
            Service = _service.Mean,
            Slots = concurrency == 0 ? _workers.ServingCount * perWorker : _workers.InFlight > 0 ? _workers.InFlight : _workers.ServingCount * perWorker,
            Coming = starting * perWorker,
            UntilComing = UntilComing(),
        }.Wait;
    }

    /// <summary>What is left, at the least, of the cold start that began first. 0 when none was measured, or it takes longer than usual.</summary>
    private TimeSpan UntilComing()
    {
        if (_pending.Count == 0 || _coldStarts.Count == 0)
            return TimeSpan.Zero;
        var left = _coldStarts.Quick - _time.GetElapsedTime(_pending.Min(pending => pending.Trigger));
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private Refusal QueueFull(in CallTerms terms) =>
        new(Outcome.QueueFull, $"{_line.Count} requests wait already, which is the limit of one function", PredictWait(terms));

    private Refusal GatewayFull(in CallTerms terms) => new(
        Outcome.GatewayFull,
        $"the requests that wait at this gateway hold {_room.Held} bytes, which is its limit, and those of this function their fair share of it", PredictWait(terms));

    private void Displace(Waiter waiter, Refusal refusal, string cause)
    {
        _metrics.OnDisplaced(waiter.Terms.Priority, cause);
        End(waiter, Refused(refusal));
    }

    private void End(Waiter waiter, Admission admission)
    {
        _line.Remove(waiter);
        _room.Leave(this, waiter.Terms.Bytes);
        waiter.Admit(admission);
    }
}
