using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;
using Hearth.Policies.KeepAlive;
using Hearth.Policies.Scaling;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Tells the fleet's policies what happened to one function since the last time, and asks them for its keep-alive time.</summary>
internal sealed class KeepAliveMemory
{
    // What is known of the load is up to a tick old, and a worker that serves must not look unused meanwhile.
    private static readonly TimeSpan LeastDuration = TimeSpan.FromSeconds(10);

    // What is learnt between two writes is all that a crash loses.
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(5);

    private DateTimeOffset? _toldAt;
    private string? _told;
    private bool _hasNews;
    private DateTimeOffset? _coldStart;
    private long? _requests;

    /// <summary>Decides for now.</summary>
    public KeepAliveDecision Decide(
        KeepAliveFleet fleet, InferenceFunction function, ObservedLoad load, IReadOnlyList<IdleTime> ended, IReadOnlyList<V1Pod> pods, DateTimeOffset now)
    {
        var (key, spec) = (function.Uid(), function.Spec.Scale.KeepAlive);
        // Nothing is learnt for who does not ask: thousands of functions cost nothing that way.
        if (spec.Policy == KeepAlivePolicy.Fixed)
            return new(spec.Duration);
        if (_toldAt is null)
            Restore(fleet, function, now);
        RecordLoad(fleet, key, function.Spec, load, now);
        if (pods.Select(p => p.ColdStart()).Where(c => c?.Time is not null).MaxBy(c => c!.Time) is { } latest && !(latest.Time <= _coldStart))
        {
            _coldStart = latest.Time;
            fleet.RecordColdStart(key, latest.Total);
            _hasNews = true;
        }
        foreach (var idle in ended)
        {
            if (spec.Policy == KeepAlivePolicy.Adaptive)
                fleet.Charge(spec, now, Min(idle.Length, spec.Duration), fleet.Decide(key, spec, 1).WarmWithin(idle.Length));
            fleet.RecordIdle(key, 1, idle.Length);
            _hasNews = true;
        }
        var decision = fleet.Decide(key, spec, 1);
        return decision.Duration < LeastDuration ? decision with { Duration = LeastDuration } : decision;
    }

    /// <summary>What the status is to say of what was learnt: news waits for a write that happens anyway, but not for longer than a few minutes.</summary>
    /// <param name="fleet">What is known.</param>
    /// <param name="function">The function, with the status it has.</param>
    /// <param name="isWritten">Whether the status is to be written for another reason.</param>
    /// <param name="now">The time.</param>
    public string? Tell(KeepAliveFleet fleet, InferenceFunction function, Func<bool> isWritten, DateTimeOffset now)
    {
        var told = function.Status?.LearntIdleTimes;
        // Where the status has not what it was given last, the write failed, or is not heard of yet.
        if (function.Spec.Scale.KeepAlive.Policy == KeepAlivePolicy.Fixed || (!_hasNews && told == _told))
            return told;
        if ((now - _toldAt < TellEvery && !isWritten()) || fleet.Save(function.Uid()) is not { } learnt)
            return told;
        (_told, _hasNews) = (learnt, false);
        if (learnt != told)
            _toldAt = now;
        return learnt;
    }

    private void Restore(KeepAliveFleet fleet, InferenceFunction function, DateTimeOffset now)
    {
        _toldAt = now;
        if (function.Status is not { LearntIdleTimes: { } learnt } status)
            return;
        fleet.Restore(function.Uid(), learnt);
        _told = learnt;
        // It is in what was restored.
        _coldStart = status.LastColdStart?.Time;
    }

    private void RecordLoad(KeepAliveFleet fleet, string key, InferenceFunctionSpec spec, ObservedLoad load, DateTimeOffset now)
    {
        var perWorker = spec.Concurrency > 0 ? spec.Concurrency : TargetConcurrency.Of(spec);
        var starts = Math.Max(0, load.Requests - (_requests ?? load.Requests));
        _requests = load.Requests;
        fleet.RecordLoad(key, now, (load.Average ?? 0) / perWorker, starts / perWorker);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
