namespace Hearth.Policies.Scaling;

/// <summary>Knative's pod autoscaler (knative/serving, <c>pkg/autoscaler/scaling/autoscaler.go</c>): stable and panic mode, rates, delay, burst capacity.</summary>
public static class KnativeScaler
{
    private const double DefaultUtilization = 0.7;
    private const double DefaultTarget = 100;

    /// <summary>
    /// Requests in flight that a pod can take, and should have: the lesser of the annotation and the hard limit, times the utilisation, at least
    /// <paramref name="least"/>.
    /// </summary>
    public static (double Total, double Target) Targets(
        double? annotation, double hardLimit, double utilization = DefaultUtilization, double least = 0.01)
    {
        var total = (annotation, hardLimit) switch
        {
            ({ } asked, > 0) => Math.Min(asked, hardLimit),
            ({ } asked, _) => asked,
            (null, > 0) => hardLimit,
            _ => DefaultTarget,
        };
        return (total, Math.Max(least, total * utilization));
    }

    /// <summary>Pods for a load: ceil(load ÷ target), at most halved and at most multiplied by a thousand in one step.</summary>
    public static int Step(double load, double target, int ready, bool isReachable, KnativeOptions options)
    {
        var pods = Math.Max(1, ready);
        var least = isReachable ? Math.Floor(pods / options.MaxScaleDownRate) : 0;
        return (int)Math.Clamp(Math.Ceiling(load / target), least, Math.Ceiling(options.MaxScaleUpRate * pods));
    }

    /// <summary>Decides one tick.</summary>
    public static KnativeDecision Decide(KnativeInput input, KnativeState state, KnativeOptions options)
    {
        var activation = Math.Ceiling(input.Stable / input.Target) > 0 ? options.ActivationScale : 0;
        var stable = Math.Max(activation, Step(input.Stable, input.Target, input.Ready, input.IsReachable, options));
        var panic = Math.Max(activation, Step(input.Panic, input.Target, input.Ready, input.IsReachable, options));
        var isOver = Math.Ceiling(input.Panic / input.Target) / Math.Max(1, input.Ready) >= options.PanicThreshold;

        var since = isOver ? input.Now
            : state.PanicSince is { } last && last + options.StableWindow < input.Now ? null
            : state.PanicSince;
        var pods = since is null ? stable : Math.Max(Math.Max(stable, panic), state.PanicPods);
        var panicPods = since is null ? 0 : pods;
        if (!input.WasReady)
            pods = Math.Max(pods, options.InitialScale);
        var recent = Recent(state.Recent, input.Now, pods, options.ScaleDownDelay);
        return new(
            recent.Count > 0 ? recent[0].Pods : pods,
            ExcessBurst(input, options),
            Activators(input, options),
            new(since, panicPods, recent));
    }

    /// <summary>Whether the last pod may go, once no pod is wanted any more.</summary>
    /// <param name="inactive">Time since the revision became inactive, which is when the activator was put into the path.</param>
    /// <param name="proxied">Time for which the activator has been proved to be in the path; null where it has not.</param>
    /// <param name="options">The settings.</param>
    public static bool MayGoToZero(TimeSpan inactive, TimeSpan? proxied, KnativeOptions options)
    {
        var wait = options.ScaleToZeroGrace > options.ScaleToZeroRetention ? options.ScaleToZeroGrace : options.ScaleToZeroRetention;
        return inactive >= wait || (proxied >= options.ScaleToZeroGrace && inactive >= options.ScaleToZeroRetention);
    }

    private static double ExcessBurst(KnativeInput input, KnativeOptions options) => options.TargetBurstCapacity switch
    {
        0 => 0,
        < 0 => -1,
        var burst => Math.Floor((input.Ready * input.Total) - burst - input.Panic),
    };

    private static int Activators(KnativeInput input, KnativeOptions options) => options.TargetBurstCapacity < 0
        ? Math.Max(options.MinActivators, (int)Math.Ceiling(input.Ready * input.Total / options.ActivatorCapacity))
        : Math.Max(options.MinActivators, (int)Math.Ceiling(((input.Ready * input.Total) + options.TargetBurstCapacity) / options.ActivatorCapacity));

    private static List<(DateTimeOffset Time, int Pods)> Recent(
        IReadOnlyList<(DateTimeOffset Time, int Pods)> before, DateTimeOffset now, int pods, TimeSpan delay) => delay <= TimeSpan.Zero
        ? []
        : [.. before.Where(entry => entry.Time > now - delay && entry.Pods > pods), (now, pods)];
}
