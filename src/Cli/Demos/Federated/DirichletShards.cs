namespace Hearth.Cli.Demos.Federated;

/// <summary>Deals examples to clients with skewed labels, as Hsu, Qi and Brown (2019) do: each label is shared out by a Dirichlet distribution. Pure.</summary>
internal static class DirichletShards
{
    /// <summary>The examples of each client; every example has exactly one client.</summary>
    /// <param name="labels">Label of each example, from 0.</param>
    /// <param name="clients">Number of clients.</param>
    /// <param name="alpha">Concentration: the smaller, the fewer labels a client has most of.</param>
    /// <param name="minimum">Examples of the poorest client; it is dealt anew until all have so many.</param>
    /// <param name="random">Chance.</param>
    public static IReadOnlyList<IReadOnlyList<int>> Deal(IReadOnlyList<int> labels, int clients, double alpha, int minimum, Random random)
    {
        if (labels.Count < (long)clients * minimum)
            throw new CommandException($"{labels.Count} examples are too few for {clients} clients with {minimum} each.");
        while (true)
        {
            var shards = Enumerable.Range(0, clients).Select(_ => new List<int>()).ToList();
            foreach (var examples in labels.Select((label, index) => (label, index)).GroupBy(e => e.label, e => e.index).OrderBy(g => g.Key))
                Deal([.. examples], shards, alpha, random);
            if (shards.All(s => s.Count >= minimum))
                return shards;
        }
    }

    private static void Deal(int[] examples, IReadOnlyList<List<int>> shards, double alpha, Random random)
    {
        random.Shuffle(examples);
        var weights = shards.Select(_ => NextGamma(alpha, random)).ToList();
        var total = weights.Sum();
        var (sum, from) = (0.0, 0);
        for (var i = 0; i < shards.Count; i++)
        {
            sum += weights[i];
            var to = i == shards.Count - 1 ? examples.Length : (int)(examples.Length * sum / total);
            shards[i].AddRange(examples[from..to]);
            from = to;
        }
    }

    /// <summary>A number of the gamma distribution of that shape (Marsaglia and Tsang, 2000); shares of several such are of a Dirichlet distribution.</summary>
    private static double NextGamma(double shape, Random random)
    {
        if (shape < 1)
            return NextGamma(shape + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = NextNormal(random);
            var v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
                return d * v;
        }
    }

    /// <summary>A number of the normal distribution (Box and Muller).</summary>
    private static double NextNormal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
