using Hearth.Api.WorkerPools;

namespace Hearth.Policies.WarmPools;

/// <summary>Chooses the number of idle workers of a pool.</summary>
/// <remarks>
/// Predictive: a claimed worker is replaced after the time a new one takes to start, so the claims within that time must find workers. They vary as a
/// Poisson variable around the forecast; the smallest number is taken that they exceed with a chance below 1 %, where a miss costs more than all hits.
/// </remarks>
public static class WarmSize
{
    private const double MissChance = 0.01;

    /// <summary>Decides for one pool.</summary>
    /// <param name="spec">What the pool asks for.</param>
    /// <param name="expected">Claims to expect while one worker starts; null while nothing is known.</param>
    public static WarmSizeDecision Decide(WarmSpec spec, double? expected)
    {
        if (spec.Policy == WarmPolicy.Fixed)
            return new(spec.Min);
        var max = Math.Max(spec.Min, spec.Max ?? spec.Min);
        if (expected is not { } claims)
            return new(spec.Min, $"No claim has been seen yet: {spec.Min} idle workers are kept.");
        return new(Math.Clamp(Quantile(claims, max), spec.Min, max));
    }

    /// <summary>The smallest number that a Poisson variable exceeds with a chance below <see cref="MissChance"/>, at most <paramref name="max"/>.</summary>
    private static int Quantile(double mean, int max)
    {
        if (!(mean > 0))
            return 0;
        var (log, below, n) = (-mean, Math.Exp(-mean), 0);
        while (below < 1 - MissChance && n < max)
        {
            log += Math.Log(mean / ++n);
            below += Math.Exp(log);
        }
        return n;
    }
}
