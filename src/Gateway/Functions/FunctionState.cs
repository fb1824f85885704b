using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Gateway.Activations;
using Hearth.Gateway.Forwarding;
using Hearth.Gateway.Operations;
using Hearth.Kubernetes.Controllers;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;

namespace Hearth.Gateway.Functions;

/// <summary>One revision of a function in this gateway: its workers, the requests that wait for one, and the activations that bring more. Thread-safe.</summary>
/// <remarks>
/// One lock guards everything, and no call leaves the class while it is held. Each event (a request, the end of one, a pod's change, the end of an activation)
/// does two steps: <c>Dispatch</c> gives free slots to waiters in the order of the <see cref="WaitingLine"/>, <c>Activate</c> starts what
/// <see cref="ActivationPlan"/> says is missing for those that are left. Nothing polls.
/// </remarks>
internal sealed partial class FunctionState : IDisposable
{
    // After so many failures in a row a worker is no capacity to count on, though it stays and is asked again.
    private const int SuspectFailures = 5;

    // Transient failures of activations in a row after which callers are told.
    private const int MaxActivationAttempts = 3;

    private readonly Lock _gate = new();
    private readonly ActivationRunner _runner;
    private readonly GatewayMetrics _metrics;
    private readonly int _maxQueued;
    private readonly WaitingRoom _room;
    private readonly TimeProvider _time;
    private readonly ObjectKey _key;
    private readonly WorkerSet _workers;
    private readonly WaitingLine _line = new();
    private readonly List<PendingWorker> _pending = [];
    private readonly FailureMemory _failures;
    private readonly RecentTimes _service = new();
    private readonly RecentTimes _coldStarts = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _retry;
    private InferenceFunction _function;
    private int _failedAttempts;
    private bool _isAsked = true;
    private bool _isDeleted;

    /// <param name="function">The function.</param>
    /// <param name="runner">Runs its activations.</param>
    /// <param name="metrics">Instruments of the gateway.</param>
    /// <param name="maxQueued">Requests that wait for it at most.</param>
    /// <param name="room">Where they wait, with those of other functions.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Decides between workers.</param>
    public FunctionState(
        InferenceFunction function, ActivationRunner runner, GatewayMetrics metrics, int maxQueued, WaitingRoom room, TimeProvider time, Random random)
    {
        _function = function;
        _runner = runner;
        _metrics = metrics;
        _maxQueued = maxQueued;
        _room = room;
        _time = time;
        _key = new(function.Namespace(), function.Name());
        _workers = new(time, random);
        _failures = new(time);
        Revision = StoredRevision.NameOf(function.Name(), FunctionHash.Of(function.Spec));
        _retry = time.CreateTimer(static state => ((FunctionState)state!).Step(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The function as last seen.</summary>
    public InferenceFunction Function
    {
        get
        {
            lock (_gate)
                return _function;
        }
    }

    /// <summary>Name of the revision.</summary>
    public string Revision { get; }

    /// <summary>Requests that wait for a worker.</summary>
    public int Queued
    {
        get
        {
            lock (_gate)
                return _line.Count;
        }
    }

    /// <summary>Whether it has a worker that serves or is on its way to.</summary>
    public bool HasWorkers
    {
        get
        {
            lock (_gate)
                return HasWorkersLocked;
        }
    }

    /// <summary>Whether it did not load the last time it was tried, a moment ago.</summary>
    public bool HasFailed
    {
        get
        {
            lock (_gate)
                return _failures.Current(Generation) is not null;
        }
    }

    /// <summary>Whether it has a worker in whatever state, or a request.</summary>
    public bool IsUsed
    {
        get
        {
            lock (_gate)
                return _workers.All.Count > 0 || _workers.InFlight > 0 || _pending.Count > 0 || _line.Count > 0;
        }
    }

    /// <summary>
    /// Gets a slot of a worker, waits for one, is refused, or, with neither worker nor refusal, has to go to another revision: this one only stood in, and its last worker
    /// is gone. A slot is given back with <see cref="Release"/>.
    /// </summary>
    /// <param name="terms">What the request asks for.</param>
    /// <param name="cancel">The request's deadline; ends the wait with an <see cref="OperationCanceledException"/>.</param>
    public ValueTask<Admission> AcquireAsync(in CallTerms terms, CancellationToken cancel)
    {
        Waiter waiter;
        lock (_gate)
        {
            if (_function.Spec.Suspend || _isDeleted)
                return new(Refused(Unavailable()));
            var now = _time.GetTimestamp();
            if (_line.Count == 0 && _workers.TryTake(_function.Spec.Concurrency, now) is { } worker)
                return new(new Admission(worker, null, null));
            if (!_isAsked && !terms.MayStart && !HasWorkersLocked)
                return new(default(Admission));
            if (RefuseToWait(terms) is { } refusal)
                return new(Refused(refusal));
            waiter = new(terms, now);
            _line.Add(waiter);
            ArmRetry(now);
        }
        _room.Settle();
        return new(WaitAsync(waiter, cancel));
    }

    /// <summary>The request that is least important here, and came last, goes, so that there is room for another function's.</summary>
    public void GiveWay()
    {
        lock (_gate)
        {
            // Two who come in at once both ask, and one may have made room enough.
            if (_room.IsOverfull && _line.Last is { } last)
                Displace(last, GatewayFull(last.Terms), "share");
        }
    }

    /// <summary>Gets a slot of another worker than <paramref name="worker"/>, or null when none has one to spare. It is given back with <see cref="Release"/>.</summary>
    public WorkerEndpoint? TryTakeOther(WorkerEndpoint worker)
    {
        lock (_gate)
            return _line.Count > 0 ? null : _workers.TryTakeOther(worker, _function.Spec.Concurrency, _time.GetTimestamp());
    }

    /// <summary>Gives a slot back, with how the attempt went.</summary>
    public void Release(WorkerEndpoint worker, ForwardResult result, TimeSpan elapsed)
    {
        lock (_gate)
        {
            _workers.Return(worker);
            worker.Answered.TrySetResult();
            switch (result.Status)
            {
                case ForwardStatus.DialFailed or ForwardStatus.Broken or ForwardStatus.InvalidAnswer or ForwardStatus.AnswerBroken:
                    _workers.OnFailure(worker);
                    break;
                case ForwardStatus.Refused:
                    _workers.OnRefusal(worker, result.Refusal);
                    break;
                case ForwardStatus.Answered:
                    WorkerSet.OnAnswer(worker);
                    _service.Record(elapsed);
                    break;
                case ForwardStatus.Cancelled:
                    // It would have taken longer still, so one that left early says nothing.
                    if (elapsed > _service.Mean)
                        _service.Record(elapsed);
                    break;
                case ForwardStatus.BodyFailed:
                    break;
            }
            StepLocked();
        }
    }

    /// <summary>What a request that waited in vain was waiting for.</summary>
    public string DescribeWait()
    {
        lock (_gate)
        {
            if (_pending.Count > 0)
                return _pending[0].Describe();
            return _workers.ServingCount > 0 ? $"all {_workers.ServingCount} workers were busy" : $"none of {_workers.All.Count} workers serves";
        }
    }

    /// <summary>The function was changed, outside of what makes the revision.</summary>
    /// <param name="function">The function as this revision has it.</param>
    /// <param name="isAsked">Whether the traffic asks for this revision; otherwise it serves while it has workers, and starts none from zero.</param>
    public void OnFunction(InferenceFunction function, bool isAsked = true)
    {
        lock (_gate)
        {
            (_function, _isAsked) = (function, isAsked);
            if (function.Spec.Suspend)
                RefuseAll(Unavailable());
            StepLocked();
        }
    }

    /// <summary>The function was deleted. Requests that a worker has finish on their own.</summary>
    public void OnDeleted()
    {
        lock (_gate)
        {
            _isDeleted = true;
            RefuseAll(Unavailable());
        }
        _stopping.Cancel();
    }

    /// <summary>A pod of the function was added or changed.</summary>
    public void OnPod(V1Pod pod)
    {
        lock (_gate)
        {
            foreach (var pending in _pending.Where(pending => pending.Pod?.Name() == pod.Name()))
                pending.OnPod(pod);
            var known = _workers.Find(pod.Name());
            var seen = new WorkerEndpoint(pod);
            if (known is null || known.AssignmentId != seen.AssignmentId)
            {
                _workers.Put(seen);
            }
            else
            {
                known.Pod = pod;
                // Whoever claimed it made it serve after all.
                known.HasFailed &= seen.Pod.State() != WorkerState.Assigned;
                _workers.Refresh();
            }
            StepLocked();
        }
    }

    /// <summary>A pod was deleted, or went back to its pool.</summary>
    public void OnPodGone(string name)
    {
        lock (_gate)
        {
            foreach (var pending in _pending.Where(pending => pending.Pod?.Name() == name))
                pending.OnPodGone();
            _workers.Remove(name);
            StepLocked();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        OnDeleted();
        _retry.Dispose();
        _stopping.Dispose();
    }
}
