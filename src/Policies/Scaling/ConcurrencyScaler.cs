namespace Hearth.Policies.Scaling;

/// <summary>
/// Knative's pod autoscaler (knative/serving, <c>pkg/autoscaler/scaling/autoscaler.go</c>): workers = ceil(mean concurrency ÷ target) over the
/// stable window, or over the panic window while a burst lasts, at most halved or multiplied by a thousand in one step, within the bounds.
/// </summary>
/// <remarks>
/// The way to zero differs: the last worker goes when nobody asked for the keep-alive time, whatever the window still remembers. Workers are
/// never removed on missing data; only when no gateway is left for another <see cref="SilenceAllowance"/> beyond the keep-alive time does the
/// function count as idle.
/// </remarks>
public static class ConcurrencyScaler
{
    /// <summary>Time to wait, beyond the keep-alive time, for a gateway to come back before its silence counts as idleness.</summary>
    public static readonly TimeSpan SilenceAllowance = TimeSpan.FromSeconds(60);

    private static readonly KnativeOptions Knative = new();

    /// <summary>Decides for one function.</summary>
    public static ScaleDecision Decide(ScaleInput input)
    {
        var decision = Unbounded(input);
        return decision.Desired < input.Min ? decision with { Desired = input.Min, Reason = ScaleReason.Minimum }
            : decision.Desired > input.Max ? decision with { Desired = input.Max, Reason = ScaleReason.Maximum }
            : decision;
    }

    private static ScaleDecision Unbounded(ScaleInput input)
    {
        var untilIdle = UntilIdle(input);
        if (untilIdle <= TimeSpan.Zero)
            return new(0, ScaleReason.Idle);

        var knative = ByLoad(input);
        var byLoad = Math.Max(input.Spare, knative.Pods);
        // A history shorter than the window says too little about the load before it: it may add workers, not remove them.
        var isCertain = input.Load is { Coverage: LoadCoverage.Complete, IsWholeWindow: true };
        var (desired, reason) = byLoad < input.Live && input.Live > 1 && !isCertain ? (input.Live, ScaleReason.NoData)
            : byLoad == 0 && input.Live > 0 ? (1, ScaleReason.KeepAlive)
            : (byLoad, knative.State.PanicSince is null ? ScaleReason.Load : ScaleReason.Panic);
        return new(desired, reason, Earlier(untilIdle, UntilCalm(knative.State, input.Now)), knative.State);
    }

    private static TimeSpan? UntilIdle(ScaleInput input) => input.Load.Coverage switch
    {
        LoadCoverage.Complete => input.KeepAlive - input.IdleFor,
        LoadCoverage.None => input.KeepAlive + SilenceAllowance - input.IdleFor,
        _ => null,
    };

    /// <summary>Panic ends by time alone, just after the stable window.</summary>
    private static TimeSpan? UntilCalm(KnativeState state, DateTimeOffset now) =>
        state.PanicSince is { } since ? since + Knative.StableWindow + TimeSpan.FromMilliseconds(1) - now : null;

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => b is null || a < b ? a : b;

    private static KnativeDecision ByLoad(ScaleInput input)
    {
        var average = input.Load.Average ?? 0;
        return KnativeScaler.Decide(
            new()
            {
                Now = input.Now,
                Stable = average,
                Panic = input.Load.Recent ?? average,
                Total = input.Target,
                Target = input.Target,
                Ready = input.Live,
            },
            input.State,
            Knative);
    }
}
