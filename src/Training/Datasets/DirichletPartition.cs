namespace Hearth.Training.Datasets;

/// <summary>Deals examples out to clients that differ in what they see: every class is split by a draw from a Dirichlet distribution (Hsu, Qi and Brown, 2019).</summary>
/// <remarks>
/// A small concentration gives most of a class to few clients, a large one gives everyone the same. Every example goes to exactly one client, and none
/// stays without: where the draw leaves one, it gets an example of whoever has most. The same arguments give the same parts, whatever the machine.
/// </remarks>
public static class DirichletPartition
{
    // Apart from the numbers that a training draws with the same seed.
    private const ulong Purpose = 0xD17_1C41E7;

    /// <summary>Splits examples.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="parts">Number of clients, at least 1 and at most as many as examples.</param>
    /// <param name="concentration">The distribution's parameter, positive. Usual are 0.1 (very unequal) to 1.</param>
    /// <param name="seed">Decides the draws.</param>
    /// <returns>For each client its examples' indices, ascending.</returns>
    public static IReadOnlyList<int[]> Split(Dataset data, int parts, double concentration, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, data.Count);
        if (!double.IsFinite(concentration) || concentration <= 0)
            throw new ArgumentOutOfRangeException(nameof(concentration), concentration, "The concentration is positive.");
        var dealt = Enumerable.Range(0, parts).Select(_ => new List<int>()).ToList();
        for (var label = 0; label < data.Classes.Length; label++)
        {
            var random = new SplitMix(seed, Purpose + (ulong)label);
            var members = Enumerable.Range(0, data.Count).Where(index => data.Label(index) == label).ToArray();
            random.Shuffle(members);
            var shares = Draw(random, parts, concentration);
            var (start, sum) = (0, 0.0);
            for (var part = 0; part < parts; part++)
            {
                sum += shares[part];
                var end = part == parts - 1 ? members.Length : Math.Clamp((int)Math.Round(sum * members.Length), start, members.Length);
                dealt[part].AddRange(members[start..end]);
                start = end;
            }
        }
        while (dealt.FindIndex(part => part.Count == 0) is var empty and >= 0)
        {
            var largest = dealt.MaxBy(part => part.Count)!;
            dealt[empty].Add(largest[^1]);
            largest.RemoveAt(largest.Count - 1);
        }
        return [.. dealt.Select(part => part.Order().ToArray())];
    }

    /// <summary>Shares that sum to 1. Gamma variates are kept as logarithms: those of a small concentration are too small for a double.</summary>
    private static double[] Draw(SplitMix random, int parts, double concentration)
    {
        var logs = Enumerable.Range(0, parts).Select(_ => LogGamma(random, concentration)).ToArray();
        var largest = logs.Max();
        var shares = logs.Select(log => Math.Exp(log - largest)).ToArray();
        var sum = shares.Sum();
        return [.. shares.Select(share => share / sum)];
    }

    /// <summary>Logarithm of a gamma variate: Marsaglia and Tsang (2000), for a shape raised by 1 and brought down by a power of a uniform variate.</summary>
    private static double LogGamma(SplitMix random, double shape)
    {
        var d = shape + 1 - (1.0 / 3);
        var c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            var normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            var v = Math.Pow(1 + (c * normal), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * normal * normal) + d - (d * v) + (d * Math.Log(v)))
                return Math.Log(d * v) + (Math.Log(1 - random.NextDouble()) / shape);
        }
    }
}
