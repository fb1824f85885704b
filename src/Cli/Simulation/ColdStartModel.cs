namespace Hearth.Cli.Simulation;

/// <summary>Times of cold starts: log-normal, or always the same where sigma is 0. The same request draws the same time under every policy.</summary>
/// <param name="Mu">Mean of the logarithm of the seconds.</param>
/// <param name="Sigma">Standard deviation of that logarithm.</param>
internal readonly record struct ColdStartModel(double Mu, double Sigma)
{
    /// <summary>All regions of "Serverless Cold Starts and Where to Find Them" (EuroSys 2025): mean 3.24 s.</summary>
    public static ColdStartModel Huawei { get; } = new(0.2965, 1.3260);

    /// <summary>Base models of the GenAI cluster of Alibaba's 2026 trace: median 13 s, mean 27 s.</summary>
    public static ColdStartModel GenAi { get; } = new(2.593, 1.172);

    // Some eleven days: what is longer never ends.
    private const double MaxSeconds = 1e6;

    /// <summary>Seconds of the cold start that request number <paramref name="request"/> would meet.</summary>
    public double Time(int request)
    {
        if (Sigma <= 0)
            return Math.Min(MaxSeconds, Math.Exp(Mu));
        // Box and Muller's transform of two hashes of the number.
        var radius = Math.Sqrt(-2 * Math.Log(Uniform((ulong)request * 2)));
        return Math.Min(MaxSeconds, Math.Exp(Mu + (Sigma * radius * Math.Cos(2 * Math.PI * Uniform(((ulong)request * 2) + 1)))));
    }

    /// <summary>In (0, 1): splitmix64.</summary>
    private static double Uniform(ulong number)
    {
        var x = (number + 1) * 0x9E3779B97F4A7C15;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return (((x ^ (x >> 31)) >> 11) + 0.5) / (1UL << 53);
    }
}
