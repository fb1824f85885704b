using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What the operator keeps about one function between reconciles. Losing it in a restart costs at most an early retry, or an early goodbye.</summary>
internal sealed class FunctionMemory
{
    // Most functions have no failure: they share one empty set.
    private static readonly HashSet<string> None = [];
    private readonly List<(string Worker, AssignmentFailure Failure)> _untold = [];
    private readonly Dictionary<string, RetryGate> _gates = [];
    private readonly Dictionary<string, DateTimeOffset> _routed = [];
    private HashSet<string> _replaced = None;
    private HashSet<string> _failures = None;
    private string? _hash;

    /// <summary>The scaler's panic, if any.</summary>
    public KnativeState Scaling { get; set; } = KnativeState.Calm;

    /// <summary>What the keep-alive time is chosen from.</summary>
    public KeepAliveMemory KeepAlive { get; } = new();

    /// <summary>When each revision last had traffic, by hash.</summary>
    public IReadOnlyDictionary<string, DateTimeOffset> Routed => _routed;

    /// <summary>Uids of the workers for which an old one went, because there was no GPU for both.</summary>
    public IReadOnlySet<string> Replaced => _replaced;

    /// <summary>
    /// By hash: when a revision's next worker may be taken after failures. The operator's own activations are slowed so; a gateway's, for a caller who waits, are not.
    /// </summary>
    public IReadOnlyDictionary<string, DateTimeOffset> ActivateFrom => _gates.Where(gate => gate.Value.OpensAt is not null).ToDictionary(gate => gate.Key, gate => gate.Value.OpensAt!.Value);

    /// <summary>Takes note of the workers there are. A function that was changed deserves a try at once.</summary>
    public void See(string hash, IReadOnlyList<V1Pod> workers, DateTimeOffset now)
    {
        if (_hash != hash)
            _gates.Remove(hash);
        _hash = hash;

        var failed = workers.Where(p => p.State() == WorkerState.Failed).ToArray();
        var fresh = failed.Where(p => !_failures.Contains(Assignment(p))).ToArray();
        foreach (var revision in fresh.Select(p => p.GetAnnotation(HearthAnnotations.FunctionHash)).OfType<string>().Distinct())
        {
            if (!_gates.TryGetValue(revision, out var gate))
                _gates[revision] = gate = new();
            gate.Fail(now);
        }
        _failures = failed.Length == 0 ? None : failed.Select(Assignment).ToHashSet();
        _untold.AddRange(fresh.Select(p => (p.Name(), p.Failure())).Where(f => f.Item2 is not null)!);
        if (_replaced.Count > 0)
            _replaced = [.. _replaced.Intersect(workers.Select(p => p.Uid()))];
    }

    /// <summary>Takes note of what a plan made of it.</summary>
    public void See(FunctionPlan plan, DateTimeOffset now)
    {
        Scaling = plan.Scale.State ?? KnativeState.Calm;
        foreach (var gone in _routed.Keys.Where(hash => plan.Serving.All(p => p.GetAnnotation(HearthAnnotations.FunctionHash) != hash)).ToArray())
            _routed.Remove(gone);
        foreach (var served in plan.Rollout.Routes.Where(route => route.Percent > 0).Select(route => route.Served))
        {
            if (plan.Serving.Any(p => p.GetAnnotation(HearthAnnotations.FunctionHash) == served))
                _routed[served] = now;
        }
        if (plan.Replace.Count > 0)
            _replaced = [.. _replaced, .. plan.Replace.Select(pending => pending.Uid())];
    }

    /// <summary>Failures seen since the last call.</summary>
    public IReadOnlyList<(string Worker, AssignmentFailure Failure)> TakeNewFailures()
    {
        (string, AssignmentFailure)[] taken = [.. _untold];
        _untold.Clear();
        return taken;
    }

    private static string Assignment(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.Assignment) ?? pod.Uid();
}
