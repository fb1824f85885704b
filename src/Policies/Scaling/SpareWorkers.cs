namespace Hearth.Policies.Scaling;

/// <summary>How many workers pay for themselves under a steady load of many requests: the square-root staffing rule, with its margin from a price.</summary>
/// <remarks>
/// While n requests in flight, in workers, vary as a Poisson variable around their mean m (an M/G/∞ queue), worker K is called from rest a·P(n = K−1) times
/// a second at a start rate a, and rests nearly always once K is well above m. It pays while price × a × P(n = K−1) ≥ 1. The margin so found grows with
/// the square root of m. Below <see cref="LeastMean"/> the idle times of each rank tell more than this model does.
/// </remarks>
public static class SpareWorkers
{
    /// <summary>Mean load in workers from which on the rule applies.</summary>
    public const double LeastMean = 4;

    /// <summary>The number of workers to keep, busy ones included; 0 where the rule does not apply.</summary>
    /// <param name="mean">Mean requests in flight, in workers.</param>
    /// <param name="startsPerSecond">Requests that arrive in a second, in workers' units.</param>
    /// <param name="price">Idle seconds that a cold start is worth.</param>
    /// <param name="past">Time over which the two were averaged. A load that has not turned over once in it says too little.</param>
    public static int Wanted(double mean, double startsPerSecond, double price, TimeSpan past)
    {
        if (!(mean >= LeastMean) || !(startsPerSecond * past.TotalSeconds >= mean) || !(price > 0))
            return 0;
        var worker = (int)Math.Floor(mean) + 1;
        // P(n = K) = P(n = K−1) · m ÷ K, in logarithms so that no load underflows.
        var log = LogPoisson(worker - 1, mean);
        var least = -Math.Log(startsPerSecond * price);
        while (log >= least)
            log += Math.Log(mean / worker++);
        return worker - 1;
    }

    private static double LogPoisson(int n, double mean)
    {
        var log = -mean;
        for (var i = 1; i <= n; i++)
            log += Math.Log(mean / i);
        return log;
    }
}
