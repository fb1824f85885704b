using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Gateway.Activations;

/// <summary>One worker on its way to serve a function, and what the informer says about its pod meanwhile.</summary>
/// <param name="trigger">Timestamp of the arrival of the request that needed it.</param>
/// <param name="adopted">A pod that somebody else claimed, or that lost its assignment; null to allocate one.</param>
/// <param name="rank">Workers that the function had, or was getting, before this one.</param>
internal sealed class PendingWorker(long trigger, V1Pod? adopted, int rank = 0)
{
    private readonly Lock _gate = new();
    private V1Pod? _pod = adopted;
    private bool _isGone;
    private bool _isClaimingAnother;
    private AssignmentProgress? _progress;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Timestamp of the arrival of the request that needed it.</summary>
    public long Trigger { get; } = trigger;

    /// <summary>Workers that the function had, or was getting, before this one.</summary>
    public int Rank { get; } = rank;

    /// <summary>Whether the pod was claimed by somebody else, or served before.</summary>
    public bool IsAdopted { get; } = adopted is not null;

    /// <summary>The pod, once there is one.</summary>
    public V1Pod? Pod
    {
        get
        {
            lock (_gate)
                return _pod;
        }
    }

    /// <summary>Name of the pod, once there is one, and whether a claim is under way, whose pod the informer may show before the claim returns.</summary>
    public (string? Pod, bool IsClaiming) Allocation
    {
        get
        {
            lock (_gate)
                return (_pod?.Name(), _pod is null || _isClaimingAnother);
        }
    }

    /// <summary>Whether the pod is gone, or serves somebody else.</summary>
    public bool IsGone
    {
        get
        {
            lock (_gate)
                return _isGone;
        }
    }

    /// <summary>Takes a newer version of the pod.</summary>
    public void OnPod(V1Pod pod) => Change(() => _pod = pod);

    /// <summary>A claim of a pod that is to take the place of this one begins.</summary>
    public void BeginClaim() => Change(() => _isClaimingAnother = true);

    /// <summary>That claim ended: with another pod, or with null and this one stays.</summary>
    public void EndClaim(V1Pod? claimed) => Change(() => (_pod, _isClaimingAnother) = (claimed ?? _pod, false));

    /// <summary>The pod is gone, or serves somebody else.</summary>
    public void OnPodGone() => Change(() => _isGone = true);

    /// <summary>Takes a line of the worker's progress.</summary>
    public void OnProgress(AssignmentProgress progress) => Change(() => _progress = progress);

    /// <summary>The pod when it is Ready, or null when it is gone.</summary>
    public async Task<V1Pod?> WaitUntilReadyAsync(CancellationToken cancel)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_isGone || _pod is null || _pod.IsGone())
                    return null;
                if (_pod.IsReady() && _pod.DataUri() is not null)
                    return _pod;
                changed = _changed.Task;
            }
            await changed.WaitAsync(cancel);
        }
    }

    /// <summary>What is being waited for, for a caller who waited in vain.</summary>
    public string Describe()
    {
        lock (_gate)
        {
            if (_pod is null)
                return "no pod is allocated yet";
            if (_progress is { } progress)
                return $"worker \"{_pod.Name()}\" is {progress.State.ToString().ToLowerInvariant()}{(progress.Message is { } text ? $": {text}" : "")}";
            var waiting = _pod.Status?.ContainerStatuses?.Select(status => status.State?.Waiting).FirstOrDefault(state => state is not null);
            var why = waiting is null ? _pod.Status?.Message ?? _pod.Status?.Reason : $"{waiting.Reason}: {waiting.Message}";
            return $"pod \"{_pod.Name()}\" is {_pod.Status?.Phase ?? "Pending"}{(why is { Length: > 0 } ? $" ({why})" : "")}";
        }
    }

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        changed.SetResult();
    }
}
