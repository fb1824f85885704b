using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>What the operator keeps about one federation between reconciles. Losing it in a restart costs at most one early retry.</summary>
internal sealed class FederationMemory
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, DateTimeOffset> _silentSince = [];
    private HashSet<string> _lost = [];
    private string? _hash;

    /// <summary>Slows the taking of aggregators while they are lost one after another.</summary>
    public RetryGate Taking { get; } = new(FirstWait);

    /// <summary>What is kept about its leaves.</summary>
    public TreeMemory Tree { get; } = new();

    /// <summary>Uids of pods that were lost: once the deletion of such a pod was asked for, its end is not waited for.</summary>
    public HashSet<string> Abandoned { get; } = [];

    /// <summary>The status this process wrote last: the informer's copy may be behind it, and nobody else writes one.</summary>
    public FederatedAggregationStatus? Written { get; set; }

    /// <summary>Takes note of the federation. One that was changed deserves a try at once.</summary>
    public void See(string hash)
    {
        if (_hash != hash)
        {
            Taking.Reset();
            Tree.Taking.Reset();
        }
        _hash = hash;
    }

    /// <summary>Takes note of an answer, or that there was none. Returns how long the worker has been silent.</summary>
    public TimeSpan Hear(string worker, bool isSilent, DateTimeOffset now)
    {
        if (isSilent)
            _silentSince.TryAdd(worker, now);
        else
            _silentSince.Remove(worker);
        return _silentSince.TryGetValue(worker, out var since) ? now - since : TimeSpan.Zero;
    }

    /// <summary>Takes note of the workers that were lost.</summary>
    public void See(IEnumerable<V1Pod> lost, DateTimeOffset now)
    {
        var assignments = lost.Select(p => p.GetAnnotation(HearthAnnotations.Assignment) ?? p.Uid()).ToHashSet();
        if (!assignments.IsSubsetOf(_lost))
            Taking.Fail(now);
        _lost = assignments;
    }
}
