namespace Hearth.Policies.KeepAlive;

/// <summary>The keep-alive, and the pre-warm window where one pays, of least expected cost: idle time + price × cold starts.</summary>
/// <remarks>
/// The expectation is over the function's own idle times at this rank, faded, with those of neighbouring ranks and, as a weak prior, those of all
/// functions. With survival S and the weight p of a bin of width w, staying through the bin costs S·w − p·w/2 and saves price·p; the best keep-alive is the
/// prefix of bins, and the best window the later run of bins, with the greatest saving. A later window also pays for the start it takes.
/// </remarks>
/// <param name="options">How to decide.</param>
/// <param name="fallback">The keep-alive while no idle time is known.</param>
/// <param name="prior">Idle times of all functions.</param>
/// <param name="price">Idle seconds that a cold start of this function is worth.</param>
/// <param name="startSeconds">Seconds that a start takes; in advance it costs ten times that in idle time.</param>
public sealed class AdaptiveKeepAlive(
    AdaptiveOptions options, TimeSpan fallback, IdleTimes prior, double price, double startSeconds) : IKeepAlivePolicy
{
    private const int Neighbours = 3;

    // A start keeps cores busy where waiting holds memory only, and each is a chance to fail.
    private const double StartWeight = 10;

    private readonly double _startCost = StartWeight * startSeconds;

    /// <inheritdoc/>
    public KeepAliveDecision Decide(IdleHistory history, int rank)
    {
        Span<double> bins = stackalloc double[IdleTimes.Bins];
        var weight = Mix(history, rank, bins);
        if (weight <= 0)
            return new(fallback, Note: "No idle time has been seen yet: the duration applies as it is.");
        return Best(bins, weight, history.OfRank(rank));
    }

    private double Mix(IdleHistory history, int rank, Span<double> bins)
    {
        var sum = 0.0;
        for (var other = Math.Max(1, rank - Neighbours); other <= rank + Neighbours; other++)
        {
            if (history.OfRank(other) is not { } times)
                continue;
            var factor = Math.Pow(options.NeighbourWeight, Math.Abs(rank - other));
            times.AddTo(bins, factor);
            sum += times.Weight * factor;
        }
        if (prior.Weight > 0)
        {
            prior.AddTo(bins, options.PriorWeight / prior.Weight);
            sum += options.PriorWeight;
        }
        return sum;
    }

    /// <summary>
    /// One pass over the bins: the best prefix so far, and the best run that ends here, which follows such a prefix after a gap and pays for a start.
    /// </summary>
    private KeepAliveDecision Best(ReadOnlySpan<double> bins, double surviving, IdleTimes? own)
    {
        // What is left of the survival after the last entry is rounding, and must not look like a reason to stay.
        var least = 1e-9 * price * surviving;
        var (prefix, best, keep) = (0.0, 0.0, 0);
        var (run, runStart, runKeep) = (double.NegativeInfinity, 0, 0);
        var (bestRun, window) = (0.0, default(Run?));
        var before = (Saved: 0.0, Keep: 0);
        for (var i = 0; i < bins.Length; i++)
        {
            var saving = Saving(bins[i], surviving, i);
            if (i > before.Keep && before.Saved - (_startCost * surviving) > run)
                (run, runStart, runKeep) = (before.Saved - (_startCost * surviving), i, before.Keep);
            run += saving;
            if (run > bestRun + least && IsLikely(own, runStart, i))
                (bestRun, window) = (run, new(runKeep, runStart, i));
            before = (best, keep);
            prefix += saving;
            surviving -= bins[i];
            if (prefix > best + least)
                (best, keep) = (prefix, i + 1);
        }
        return window is { } found && bestRun > best + least
            ? new(UpTo(found.Keep), new IdleSpan(UpTo(found.First - 1), UpTo(found.Last + 2)))
            : new(UpTo(keep));
    }

    /// <summary>The best of many runs of few entries is best by chance: two entries against it are a doubt that a timer soon removes.</summary>
    private bool IsLikely(IdleTimes? own, int first, int last) =>
        own is not null && own.WeightOf(first, last) >= options.PreWarmShare * (own.Weight + 2);

    /// <summary>The end of the first <paramref name="bins"/> bins.</summary>
    private static TimeSpan UpTo(int bins) => TimeSpan.FromSeconds(bins <= 0 ? 0 : IdleTimes.UpperEdge(Math.Min(bins, IdleTimes.Bins) - 1));

    private double Saving(double inBin, double surviving, int bin) => (price * inBin) - ((surviving - (inBin / 2)) * IdleTimes.Width(bin));

    /// <summary>A prefix of so many bins, and the bins of a later window.</summary>
    private readonly record struct Run(int Keep, int First, int Last);
}
