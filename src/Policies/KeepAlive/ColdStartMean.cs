namespace Hearth.Policies.KeepAlive;

/// <summary>Mean time of cold starts, in seconds.</summary>
public sealed class ColdStartMean
{
    private double _sum;
    private long _count;

    /// <summary>The mean; 0 before the first one.</summary>
    public double Mean => _count == 0 ? 0 : _sum / _count;

    /// <summary>Adds a cold start.</summary>
    public void Add(double seconds)
    {
        _sum += seconds;
        _count++;
    }

    /// <summary>The mean, drawn to <paramref name="prior"/> as if that had been seen <paramref name="weight"/> times.</summary>
    public double MeanTowards(double prior, double weight) => (_sum + (prior * weight)) / (_count + weight);
}
