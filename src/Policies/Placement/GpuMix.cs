namespace Hearth.Policies.Placement;

/// <summary>
/// The cheapest mix of GPU types for a workload: the idea of "Mélange" (arXiv 2404.14527), as an option where a pool may have several types. Which type is
/// cheapest depends on the size of the requests and on the latency they must meet; both are in the throughputs that were measured.
/// </summary>
public static class GpuMix
{
    /// <summary>Finds the number of GPUs of each type, or null when no type meets the target for a class that has requests.</summary>
    /// <param name="prices">Price of each type in any one unit; above 0.</param>
    /// <param name="rates">Requests per second of each class.</param>
    /// <param name="throughput">
    /// <c>[class, type]</c>: requests per second of the class that one GPU of the type serves within the latency target; 0 where it cannot.
    /// </param>
    /// <remarks>
    /// A start at the cheapest type for each class, then steps that move a class, or a half of it, to another type while that lowers the price of the whole
    /// GPUs. Each step lowers the price, so it ends; the result is never dearer than the best single type.
    /// </remarks>
    public static int[]? Cheapest(IReadOnlyList<double> prices, IReadOnlyList<double> rates, double[,] throughput)
    {
        var halves = rates.SelectMany((rate, i) => rate > 0 ? new[] { (Class: i, Rate: rate / 2), (Class: i, Rate: rate / 2) } : []).ToArray();
        if (halves.Any(h => Enumerable.Range(0, prices.Count).All(g => throughput[h.Class, g] <= 0)))
            return null;
        var starts = Enumerable.Range(0, prices.Count)
            .Select(type => halves.Select(h => throughput[h.Class, type] > 0 ? type : Best(h.Class)).ToArray())
            .Append([.. halves.Select(h => Best(h.Class))]);
        return starts.Select(Improve).MinBy(Price)!;

        int Best(int c) => Enumerable.Range(0, prices.Count).Where(g => throughput[c, g] > 0).MinBy(g => prices[g] / throughput[c, g]);

        int[] Improve(int[] assigned)
        {
            for (var moved = true; moved;)
            {
                moved = false;
                for (var i = 0; i < halves.Length; i++)
                {
                    for (var g = 0; g < prices.Count; g++)
                    {
                        int[] other = [.. assigned];
                        other[i] = g;
                        if (throughput[halves[i].Class, g] <= 0 || Price(Count(other)) >= Price(Count(assigned)))
                            continue;
                        (assigned, moved) = (other, true);
                    }
                }
            }
            return Count(assigned);
        }

        int[] Count(int[] assigned)
        {
            var load = new double[prices.Count];
            for (var i = 0; i < halves.Length; i++)
                load[assigned[i]] += halves[i].Rate / throughput[halves[i].Class, assigned[i]];
            return [.. load.Select(l => (int)Math.Ceiling(l - 1e-9))];
        }

        double Price(int[] counts) => counts.Zip(prices, (n, p) => n * p).Sum();
    }
}
