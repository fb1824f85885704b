namespace Hearth.Policies.KeepAlive;

/// <summary>Mean time of cold starts, in seconds.</summary>
public sealed class ColdStartMean
{
    /// <summary>The mean; 0 before the first one.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    /// <summary>Cold starts so far.</summary>
    internal int Count { get; private set; }

    /// <summary>Seconds of them all.</summary>
    internal double Sum { get; private set; }

    /// <summary>Adds cold starts.</summary>
    /// <param name="seconds">Seconds of them all.</param>
    /// <param name="count">How many they are.</param>
    public void Add(double seconds, int count = 1)
    {
        Sum += seconds;
        Count += count;
    }

    /// <summary>The mean, drawn to <paramref name="prior"/> as if that had been seen <paramref name="weight"/> times.</summary>
    public double MeanTowards(double prior, double weight) => (Sum + (prior * weight)) / (Count + weight);
}
