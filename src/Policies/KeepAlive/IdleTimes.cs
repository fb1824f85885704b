namespace Hearth.Policies.KeepAlive;

/// <summary>A histogram of idle times with bins that widen by a tenth each, from 0.1 s to 93 days. Old entries fade by count, not by time.</summary>
/// <param name="decay">What an entry weighs after the next one, above 0, 1 at most.</param>
public sealed class IdleTimes(double decay)
{
    /// <summary>Number of bins.</summary>
    public const int Bins = 192;

    private const double First = 0.1;
    private const double Ratio = 1.1;

    private static readonly double[] Edges = [0, .. Enumerable.Range(0, Bins).Select(i => First * Math.Pow(Ratio, i))];
    private static readonly double LogRatio = Math.Log(Ratio);

    private readonly double[] _weights = new double[Bins];
    private double _scale = 1;
    private double _total;

    /// <summary>Weight of all entries: their number, less what has faded.</summary>
    public double Weight => _total / _scale;

    /// <summary>Where bin <paramref name="bin"/> ends and the next begins, in seconds.</summary>
    public static double UpperEdge(int bin) => Edges[bin + 1];

    /// <summary>Width of bin <paramref name="bin"/> in seconds.</summary>
    public static double Width(int bin) => Edges[bin + 1] - Edges[bin];

    /// <summary>Adds an idle time in seconds.</summary>
    public void Add(double seconds)
    {
        // Instead of every old entry becoming lighter, each new one is heavier.
        _scale /= decay;
        if (_scale > 1e12)
            Rescale();
        _weights[Bin(seconds)] += _scale;
        _total += _scale;
    }

    /// <summary>Adds entries of a bin that were seen before, with the weight that they have left.</summary>
    internal void Restore(int bin, double weight)
    {
        _weights[bin] += weight * _scale;
        _total += weight * _scale;
    }

    /// <summary>Adds <paramref name="factor"/> times the weights to <paramref name="bins"/>.</summary>
    public void AddTo(Span<double> bins, double factor)
    {
        factor /= _scale;
        for (var i = 0; i < Bins; i++)
            bins[i] += _weights[i] * factor;
    }

    /// <summary>Weight of the bins from <paramref name="first"/> to <paramref name="last"/>.</summary>
    public double WeightOf(int first, int last)
    {
        var sum = 0.0;
        for (var i = first; i <= last; i++)
            sum += _weights[i];
        return sum / _scale;
    }

    private static int Bin(double seconds) =>
        seconds < First ? 0 : Math.Min(Bins - 1, 1 + (int)(Math.Log(seconds / First) / LogRatio));

    private void Rescale()
    {
        for (var i = 0; i < Bins; i++)
            _weights[i] /= _scale;
        _total /= _scale;
        _scale = 1;
    }
}
