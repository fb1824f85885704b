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
        RecordLoad(fleet, key, function.Spec, load, now);
        if (pods.Select(p => p.ColdStart()).Where(c => c?.Time is not null).MaxBy(c => c!.Time) is { } latest && !(latest.Time <= _coldStart))
        {
            _coldStart = latest.Time;
            fleet.RecordColdStart(key, latest.Total);
        }
        foreach (var idle in ended)
        {
            if (spec.Policy == KeepAlivePolicy.Adaptive)
                fleet.Charge(spec, now, Min(idle.Length, spec.Duration), fleet.Decide(key, spec, 1).WarmWithin(idle.Length));
            fleet.RecordIdle(key, 1, idle.Length);
        }
        var decision = fleet.Decide(key, spec, 1);
        return decision.Duration < LeastDuration ? decision with { Duration = LeastDuration } : decision;
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
