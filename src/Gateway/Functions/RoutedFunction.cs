using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.Gateways;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Controllers;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;

namespace Hearth.Gateway.Functions;

/// <summary>A function with all its revisions, and the choice among them. Thread-safe.</summary>
/// <remarks>
/// Each revision is a <see cref="FunctionState"/> of its own: its workers, its queue, its failures. Which one a request goes to is <see cref="TrafficRouting"/>'s to
/// say, from the spec, the status and the workers that this gateway sees, so a split or a way back takes effect without the operator. A revision is known by its
/// ControllerRevision, or because it is, or was, the spec that the informer showed. The lock here is taken before that of a revision, never after.
/// </remarks>
/// <param name="function">The function as first seen.</param>
/// <param name="make">Makes a revision from the function as that revision has it.</param>
/// <param name="pods">All pods of the function.</param>
/// <param name="time">The clock.</param>
internal sealed class RoutedFunction(InferenceFunction function, Func<InferenceFunction, FunctionState> make, Func<IEnumerable<V1Pod>> pods, TimeProvider time) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ObjectKey _key = new(function.Namespace(), function.Name());
    private readonly LoadCounter _load = new(time);
    private readonly Dictionary<string, FunctionRevision> _stored = [];
    private readonly Dictionary<string, FunctionState> _states = [];
    private readonly Dictionary<string, string> _revisionOfPod = [];
    private InferenceFunction _function = function;
    private string _latest = FunctionHash.Of(function.Spec);
    private FunctionState? _only;
    private uint _requests;

    /// <summary>The function as the user left it.</summary>
    public InferenceFunction Function => Volatile.Read(ref _function);

    /// <summary>Counts a request's arrival. Each call is followed by one of <see cref="Exit"/>.</summary>
    public void Enter()
    {
        lock (_load)
            _load.Enter();
    }

    /// <summary>Counts a request's end.</summary>
    public void Exit()
    {
        lock (_load)
            _load.Exit();
    }

    /// <summary>The load now, over all revisions.</summary>
    public FunctionLoad ReportLoad()
    {
        int queued;
        lock (_gate)
            queued = _states.Values.Sum(state => state.Queued);
        lock (_load)
            return _load.Report(_key, queued);
    }

    /// <summary>Where the next request goes.</summary>
    public RevisionChoice Choose()
    {
        if (Volatile.Read(ref _only) is { } only)
            return new(only, false, null);
        lock (_gate)
        {
            var routes = Resolve();
            Span<int> shares = stackalloc int[routes.Count];
            for (var i = 0; i < shares.Length; i++)
                shares[i] = routes[i].Percent;
            return Choice(routes[TrafficSplit.Choose(shares, _requests++)]);
        }
    }

    /// <summary>Where a request goes on that <paramref name="state"/> does not serve: the same while traffic still goes there.</summary>
    public RevisionChoice ChooseAgain(FunctionState state)
    {
        lock (_gate)
        {
            foreach (var route in Resolve())
            {
                if (_states.GetValueOrDefault(route.Served) == state)
                    return Choice(route);
            }
        }
        return Choose();
    }

    /// <summary>The revision of that name; null when it is not known.</summary>
    public RevisionChoice? Find(string revision)
    {
        lock (_gate)
            return StoredRevision.HashOf(_key.Name, revision) is { } hash && StateOf(hash) is { } state ? new(state, true, revision) : null;
    }

    /// <summary>Takes in what was there before the function was.</summary>
    public void Load(IEnumerable<V1ControllerRevision> revisions)
    {
        lock (_gate)
        {
            foreach (var revision in revisions)
                OnRevision(revision);
            StateOf(_latest);
            foreach (var pod in pods())
                OnPod(pod);
            SetOnly();
        }
    }

    /// <summary>The function was changed, or its status.</summary>
    public void OnFunction(InferenceFunction function)
    {
        lock (_gate)
        {
            (_function, _latest) = (function, FunctionHash.Of(function.Spec));
            foreach (var (hash, state) in _states.ToArray())
            {
                // A spec that was replaced before it was stored, and that no worker carries.
                if (hash != _latest && !_stored.ContainsKey(hash) && !state.IsUsed)
                    Drop(hash, state);
                else
                    state.OnFunction(FunctionRevision.Of(state.Function.Spec).In(function), IsAsked(hash));
            }
            StateOf(_latest);
            SetOnly();
        }
    }

    /// <summary>A revision was stored.</summary>
    public void OnRevision(V1ControllerRevision stored)
    {
        if (StoredRevision.HashOf(_key.Name, stored.Name()) is not { } hash || StoredRevision.Read(stored) is not { } revision)
            return;
        lock (_gate)
        {
            _stored[hash] = revision;
            // Its workers may be known for longer than it is.
            if (pods().Any(pod => RevisionOf(pod) == hash))
                StateOf(hash);
            SetOnly();
        }
    }

    /// <summary>A revision was deleted.</summary>
    public void OnRevisionGone(V1ControllerRevision stored)
    {
        if (StoredRevision.HashOf(_key.Name, stored.Name()) is not { } hash)
            return;
        lock (_gate)
        {
            _stored.Remove(hash);
            if (hash != _latest && _states.TryGetValue(hash, out var state) && !state.IsUsed)
                Drop(hash, state);
            SetOnly();
        }
    }

    /// <summary>A pod of the function was added or changed.</summary>
    public void OnPod(V1Pod pod)
    {
        lock (_gate)
        {
            var hash = RevisionOf(pod);
            if (_revisionOfPod.TryGetValue(pod.Name(), out var before) && before != hash)
                _states.GetValueOrDefault(before)?.OnPodGone(pod.Name());
            _revisionOfPod[pod.Name()] = hash;
            StateOf(hash)?.OnPod(pod);
        }
    }

    /// <summary>A pod was deleted, or went back to its pool.</summary>
    public void OnPodGone(string name)
    {
        lock (_gate)
        {
            if (_revisionOfPod.Remove(name, out var hash))
                _states.GetValueOrDefault(hash)?.OnPodGone(name);
        }
    }

    /// <summary>The function was deleted.</summary>
    public void OnDeleted()
    {
        lock (_gate)
        {
            foreach (var state in _states.Values)
                state.OnDeleted();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var state in _states.Values)
                state.Dispose();
        }
    }

    private IReadOnlyList<TrafficRoute> Resolve() => TrafficRouting.Resolve(_function, _latest, Ready, Know);

    private string? Ready => StoredRevision.HashOf(_key.Name, _function.Status?.LatestReadyRevision);

    private bool IsKnown(string hash) => hash == _latest || _stored.ContainsKey(hash) || _states.ContainsKey(hash);

    private RevisionFacts? Know(string hash)
    {
        if (!IsKnown(hash))
            return null;
        var state = _states.GetValueOrDefault(hash);
        return new(state?.HasWorkers == true, state?.HasFailed == true || IsToldToFail(hash));
    }

    /// <summary>What another gateway, or the operator, found out.</summary>
    private bool IsToldToFail(string hash) =>
        hash == _latest && _function.Status is { } status && StoredRevision.HashOf(_key.Name, status.LatestCreatedRevision) == hash
        && status.Conditions?.Any(c => c is { Type: InferenceFunctionConditions.ModelLoaded, Status: ConditionStatus.False }) == true;

    private RevisionChoice Choice(TrafficRoute route)
    {
        var state = StateOf(route.Served) ?? StateOf(_latest)!;
        var isAlone = !state.HasWorkers || (route.Asked is { } asked && Know(asked) is { HasFailed: true });
        return new(state, route.Asked != route.Served && isAlone, state.Revision);
    }

    /// <summary>Whether the traffic asks for the revision, be it warm or not.</summary>
    private bool IsAsked(string hash) =>
        hash == _latest || _function.Spec.Traffic?.Any(target => StoredRevision.HashOf(_key.Name, target.Revision) == hash) == true;

    /// <summary>Nearly always there is one revision to choose, whatever happens to workers: it is then found without the lock.</summary>
    private void SetOnly()
    {
        var isWhole = _function.Spec.Traffic is null or { Count: 0 } or [{ Latest: true }];
        var only = isWhole && (Ready is not { } ready || ready == _latest || !IsKnown(ready)) ? StateOf(_latest) : null;
        Volatile.Write(ref _only, only);
    }

    private FunctionState? StateOf(string hash)
    {
        if (_states.TryGetValue(hash, out var known))
            return known;
        var revision = hash == _latest ? FunctionRevision.Of(_function.Spec) : _stored.GetValueOrDefault(hash);
        if (revision is null)
            return null;
        var function = revision.In(_function);
        var state = _states[hash] = make(function);
        state.OnFunction(function, IsAsked(hash));
        foreach (var pod in pods().Where(pod => RevisionOf(pod) == hash))
        {
            _revisionOfPod[pod.Name()] = hash;
            state.OnPod(pod);
        }
        return state;
    }

    private void Drop(string hash, FunctionState state)
    {
        _states.Remove(hash);
        state.Dispose();
    }

    private string RevisionOf(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.FunctionHash) ?? _latest;
}
