namespace Hearth.Policies.KeepAlive;

/// <summary>The idle times of one function: per rank in decayed logarithmic bins, and of all ranks in the minutes of the hybrid histogram.</summary>
/// <remarks>
/// The idle time of rank k is the time from the k-th worker in use going idle to the load coming back to k. With work going to the lowest free rank it
/// does not depend on which workers were kept, so it can be observed under any policy.
/// </remarks>
public sealed class IdleHistory
{
    /// <summary>Ranks told apart; the workers above share the last one.</summary>
    public const int MaxRanks = 1024;

    private readonly List<IdleTimes> _ranks = [];

    /// <summary>The minutes that <see cref="HistogramKeepAlive"/> decides from.</summary>
    public MinuteHistogram Minutes { get; } = new();

    /// <summary>Ranks seen so far.</summary>
    public int Ranks => _ranks.Count;

    /// <summary>Idle times of one rank, from 1; null where there was none.</summary>
    public IdleTimes? OfRank(int rank) => rank >= 1 && rank <= _ranks.Count ? _ranks[rank - 1] : null;

    /// <summary>Adds an idle time that ended with a request.</summary>
    public void Record(int rank, TimeSpan idle)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(idle, TimeSpan.Zero);
        Rank(Math.Min(rank, MaxRanks)).Add(idle.TotalSeconds);
        Minutes.Add(idle);
    }

    /// <summary>Adds idle times of the first rank that were seen before.</summary>
    internal void Restore(int bin, double weight) => Rank(1).Restore(bin, weight);

    private IdleTimes Rank(int rank)
    {
        while (_ranks.Count < rank)
            _ranks.Add(new(RankDecay));
        return _ranks[rank - 1];
    }

    // The last fifty idle times of a rank carry two thirds of the weight.
    private const double RankDecay = 0.98;
}
