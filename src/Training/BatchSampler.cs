namespace Hearth.Training;

/// <summary>Says which examples each step looks at: every epoch is a new random order of all of them.</summary>
/// <remarks>The order depends on seed and epoch alone, so the number of a step is all there is to know of where chance stands.</remarks>
internal sealed class BatchSampler(int examples, int batchSize, ulong seed)
{
    private readonly int[] _order = new int[examples];
    private long _epoch = -1;

    /// <summary>Steps of an epoch.</summary>
    public int StepsPerEpoch { get; } = (int)(((long)examples + batchSize - 1) / batchSize);

    /// <summary>Indices of the examples of a step, counted from 0. Valid until the next call.</summary>
    public ReadOnlySpan<int> Batch(long step)
    {
        var (epoch, index) = Math.DivRem(step, StepsPerEpoch);
        if (epoch != _epoch)
            Order(epoch);
        var start = (int)index * batchSize;
        return _order.AsSpan(start, Math.Min(batchSize, examples - start));
    }

    private void Order(long epoch)
    {
        for (var i = 0; i < examples; i++)
            _order[i] = i;
        new SplitMix(seed, SeedPurpose.Order + (ulong)epoch).Shuffle(_order);
        _epoch = epoch;
    }
}
