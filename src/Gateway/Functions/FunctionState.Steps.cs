using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Invocation;

namespace Hearth.Gateway.Functions;

/// <summary>What happens after each event: slots to waiters, activations for the rest.</summary>
internal sealed partial class FunctionState
{
    private void Step()
    {
        lock (_gate)
            StepLocked();
    }

    private void StepLocked()
    {
        var now = _time.GetTimestamp();
        Dispatch(now);
        SendOn();
        if (_line.Count > 0)
            Activate(_line.Count, _line.EarliestArrival, mayStart: false);
        ArmRetry(now);
    }

    private void Dispatch(long now)
    {
        while (_line.Count > 0 && _workers.TryTake(_function.Spec.Concurrency, now) is { } worker)
        {
            var next = _line.TakeNext();
            _room.Leave(this, next.Terms.Bytes);
            _metrics.OnWaited(next.Terms.Priority, _time.GetElapsedTime(next.Enqueued, now));
            next.Admit(new(worker, Breakdown(next, worker), null));
        }
    }

    private bool HasWorkersLocked => _workers.ServingCount > 0 || _pending.Count > 0 || _workers.All.Any(worker => worker.IsStarting);

    /// <summary>Those who wait for the workers of a revision that is on its way out go on to another when there are none left.</summary>
    private void SendOn()
    {
        if (_isAsked || _line.Count == 0 || HasWorkersLocked)
            return;
        foreach (var waiter in _line.All.Where(waiter => !waiter.Terms.MayStart).ToArray())
            End(waiter, default);
    }

    /// <summary>A wait was a cold start when it began before its worker was ready.</summary>
    private ColdStartBreakdown? Breakdown(Waiter waiter, WorkerEndpoint worker)
    {
        if (worker.Ready is not { } ready || waiter.Enqueued >= ready.At)
            return null;
        return ColdStartBreakdown.Make(
            ready.Timing, _time.GetElapsedTime(waiter.Terms.Arrived, ready.At), _time.GetElapsedTime(ready.At, _time.GetTimestamp()));
    }

    /// <summary>Starts what is missing.</summary>
    /// <param name="queued">Requests that wait for a worker.</param>
    /// <param name="trigger">Timestamp of the arrival of the first of them.</param>
    /// <param name="mayStart">Whether one of them that does not wait yet may start a worker although the traffic does not ask for the revision.</param>
    private void Activate(int queued, long trigger, bool mayStart)
    {
        if (_isDeleted || _function.Spec.Suspend)
            return;
        // Read once: a claim returns whenever it likes, and a pod that counts as seen early at first and as allocated later would count as none.
        var allocations = _pending.Select(pending => pending.Allocation).ToArray();
        var allocated = allocations.Select(allocation => allocation.Pod).ToList();
        // The informer may show a claim of ours before the claim itself returns: that pod is neither adopted nor counted twice.
        var claiming = allocations.Count(allocation => allocation.IsClaiming);
        var seenEarly = _workers.All.Where(worker => worker.IsStarting && !IsBeingActivated(worker) && _runner.IsOurs(worker.Pod)).Take(claiming).ToArray();
        foreach (var worker in _workers.All.Where(worker => worker.IsAdoptable && !IsBeingActivated(worker)).Except(seenEarly).ToArray())
        {
            Start(new(trigger, worker.Pod));
            allocated.Add(worker.Name);
        }

        // More workers for a revision that only stands in are the operator's to bring: they may need the room that its successor waits for.
        if (_failures.Current(Generation) is not null || !(_isAsked || mayStart || _line.All.Any(waiter => waiter.Terms.MayStart)))
            return;
        // Those whose pod the informer has not shown yet are in no other count.
        var unseen = allocated.Count(pod => pod is null || _workers.Find(pod) is null) - seenEarly.Length;
        var capable = unseen + _workers.All.Count(worker =>
            (worker.IsServing && worker.Failures < SuspectFailures) || worker.IsStarting || IsBeingActivated(worker));
        var existing = unseen + _workers.All.Count(worker => worker.CountsAgainstMax);
        var missing = ActivationPlan.ToStart(
            queued, _workers.InFlight, _function.Spec.Concurrency, _function.Spec.Scale.Max, capable, existing);
        for (var i = 0; i < missing; i++)
            Start(new(trigger, null, existing + i));

        bool IsBeingActivated(WorkerEndpoint worker) => allocated.Contains(worker.Name);
    }

    private void Start(PendingWorker pending)
    {
        _pending.Add(pending);
        // On the thread pool: the lock is held here, and an activation runs synchronously up to its first wait.
        _ = Task.Run(() => RunAsync(pending, _stopping.Token), CancellationToken.None);
    }

    private async Task RunAsync(PendingWorker pending, CancellationToken cancel)
    {
        var function = Function;
        try
        {
            var result = await _runner.RunAsync(function, pending, cancel);
            if (!result.IsReady)
            {
                OnFailed(pending, result, function.Metadata.Generation ?? 0);
                // A worker that cannot be reached from here may be well: whoever claimed it decides.
                if (result.Pod is not null && !(pending.IsAdopted && result.Failure.Reason == AssignmentFailureReason.WorkerLost))
                    await _runner.RecordFailedAsync(pending, result.Failure, cancel);
                return;
            }
            var (coldStart, answered) = OnReady(pending, result.Pod, result.Timing);
            await _runner.RecordReadyAsync(pending, coldStart.ToColdStart(_time.GetUtcNow()), result.Timing.NotBatched, answered, cancel);
        }
        catch (OperationCanceledException)
        {
            // The function or the gateway is gone; the pod is left as it is, for another to go on with.
        }
    }

    private (ColdStartBreakdown ColdStart, Task Answered) OnReady(PendingWorker pending, V1Pod pod, ActivationTiming timing)
    {
        var answered = Task.CompletedTask;
        var now = _time.GetTimestamp();
        var coldStart = ColdStartBreakdown.Make(timing, _time.GetElapsedTime(pending.Trigger, now), TimeSpan.Zero);
        lock (_gate)
        {
            _pending.Remove(pending);
            _failures.Clear();
            _failedAttempts = 0;
            _coldStarts.Record(coldStart.Total);
            // A pod that went at the last moment is not put back: no event would ever remove it again.
            var worker = pending.IsGone ? null : PutReady(new(pending.Pod ?? pod), new(now, timing));
            StepLocked();
            if (worker is { InFlight: > 0 })
                answered = worker.Answered.Task;
        }
        _metrics.OnColdStart(coldStart);
        return (coldStart, answered);
    }

    private WorkerEndpoint PutReady(WorkerEndpoint worker, ReadyRecord ready)
    {
        // The informer may have been faster: it knows the same assignment, with its requests in flight.
        if (_workers.Find(worker.Name) is { } known && known.AssignmentId == worker.AssignmentId)
            worker = known;
        worker.IsLost = false;
        worker.Ready = ready;
        _workers.Put(worker);
        return worker;
    }

    private void OnFailed(PendingWorker pending, ActivationResult result, long generation)
    {
        var failure = result.Failure!;
        lock (_gate)
        {
            _pending.Remove(pending);
            // An adopted pod is not adopted again and again while the same thing keeps it from being assigned. One that is gone is not put back.
            if (!pending.IsGone && (result.Pod ?? (pending.IsAdopted ? pending.Pod : null)) is { } pod)
            {
                var worker = _workers.Find(pod.Name()) ?? new WorkerEndpoint(pending.Pod ?? pod);
                worker.HasFailed = true;
                _workers.Put(worker);
            }
            _failedAttempts++;
            // A failure of an older spec says nothing about this one, and one worker of several may fail without any caller noticing.
            if (generation == Generation && (!failure.Retriable || _failedAttempts >= MaxActivationAttempts))
            {
                _failedAttempts = 0;
                _failures.Record(failure, generation);
                if (_workers.ServingCount == 0 && _pending.Count == 0)
                    RefuseAll(Unavailable());
            }
            StepLocked();
        }
        _metrics.OnActivationFailed(failure.Reason);
    }

    private long Generation => _function.Metadata.Generation ?? 0;

    private Refusal? RefuseToActivate()
    {
        if (_failures.Current(Generation) is not null)
            return Unavailable();
        return _runner.HasPool(_function)
            ? null
            : new(
                Outcome.PoolNotFound,
                $"function \"{_key}\" takes its workers from WorkerPool \"{_function.Spec.Pool}\", which does not exist in namespace "
                + $"\"{_key.Namespace}\": create it, or name another in spec.pool");
    }

    /// <summary>Why the function serves nobody now.</summary>
    private Refusal Unavailable()
    {
        if (_isDeleted)
            return new(Outcome.FunctionNotFound, $"function \"{_key}\" was deleted");
        if (_function.Spec.Suspend)
            return new(Outcome.Suspended, $"function \"{_key}\" is suspended: set spec.suspend to false");
        return _failures.Current(Generation) is { } failure
            ? new(Outcome.ActivationFailed, $"{failure.Reason}: {failure.Message}")
            : new(Outcome.ActivationFailed, "no worker could be activated");
    }

    private void RefuseAll(Refusal refusal)
    {
        while (_line.Last is { } waiter)
            End(waiter, Refused(refusal));
    }

    private static Admission Refused(Refusal refusal) => new(null, null, refusal);

    private async Task<Admission> WaitAsync(Waiter waiter, CancellationToken cancel)
    {
        await using var registration = cancel.UnsafeRegister(
            static (state, token) =>
            {
                var (function, waiter) = ((FunctionState, Waiter))state!;
                function.Leave(waiter, token);
            },
            (this, waiter));
        return await waiter.Admission;
    }

    private void Leave(Waiter waiter, CancellationToken cancel)
    {
        lock (_gate)
        {
            // Not in line any more: it has a worker, and finds the deadline passed when it uses it.
            if (!_line.Remove(waiter))
                return;
            _room.Leave(this, waiter.Terms.Bytes);
            waiter.Cancel(cancel);
        }
    }

    /// <summary>Wakes up when a worker that is passed over may be asked again. The only thing that no event announces.</summary>
    private void ArmRetry(long now)
    {
        if (_line.Count > 0 && _workers.UntilRetry(now) is { } delay)
            _retry.Change(delay, Timeout.InfiniteTimeSpan);
    }
}
