using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What the operator keeps about one function between reconciles. Losing it in a restart costs at most one early retry.</summary>
internal sealed class FunctionMemory
{
    // Most functions have no failure: they share one empty set.
    private static readonly HashSet<string> None = [];
    private readonly List<(string Worker, AssignmentFailure Failure)> _untold = [];
    private HashSet<string> _failures = None;
    private string? _hash;

    /// <summary>Slows the operator's own activations while they fail. A gateway's activation, for a caller who waits, is not slowed.</summary>
    public RetryGate Activation { get; } = new();

    /// <summary>The scaler's panic, if any.</summary>
    public KnativeState Scaling { get; set; } = KnativeState.Calm;

    /// <summary>What the keep-alive time is chosen from.</summary>
    public KeepAliveMemory KeepAlive { get; } = new();

    /// <summary>Takes note of the workers there are. A function that was changed deserves a try at once.</summary>
    public void See(string hash, IReadOnlyList<V1Pod> workers, DateTimeOffset now)
    {
        if (_hash != hash)
            Activation.Reset();
        _hash = hash;

        var failed = workers.Where(p => p.State() == WorkerState.Failed).ToArray();
        var fresh = failed.Where(p => !_failures.Contains(Assignment(p))).ToArray();
        if (fresh.Any(p => p.GetAnnotation(HearthAnnotations.FunctionHash) == hash))
            Activation.Fail(now);
        _failures = failed.Length == 0 ? None : failed.Select(Assignment).ToHashSet();
        _untold.AddRange(fresh.Select(p => (p.Name(), p.Failure())).Where(f => f.Item2 is not null)!);
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
