namespace Hearth.Policies.Scaling;

/// <summary>
/// Knative's pod autoscaler (knative/serving, <c>pkg/autoscaler/scaling/autoscaler.go</c>) with its stable window: workers = ceil(mean concurrency ÷
/// target), at most halved or multiplied by a thousand in one step, within the bounds.
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

        var byLoad = ByLoad(input);
        // A history shorter than the window says too little about the load before it: it may add workers, not remove them.
        var isCertain = input.Load is { Coverage: LoadCoverage.Complete, IsWholeWindow: true };
        return byLoad < input.Live && input.Live > 1 && !isCertain ? new(input.Live, ScaleReason.NoData, untilIdle)
            : byLoad == 0 && input.Live > 0 ? new(1, ScaleReason.KeepAlive, untilIdle)
            : new(byLoad, ScaleReason.Load, untilIdle);
    }

    private static TimeSpan? UntilIdle(ScaleInput input) => input.Load.Coverage switch
    {
        LoadCoverage.Complete => input.KeepAlive - input.IdleFor,
        LoadCoverage.None => input.KeepAlive + SilenceAllowance - input.IdleFor,
        _ => null,
    };

    private static int ByLoad(ScaleInput input) =>
        Math.Max(input.Spare, KnativeScaler.Step(input.Load.Average ?? 0, input.Target, input.Live, isReachable: true, Knative));
}
