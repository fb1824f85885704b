namespace Hearth.Cli.Simulation;

/// <summary>Draws a trace from the quantiles of "Serverless Cold Starts and Where to Find Them" (EuroSys 2025): requests per function and day, and durations.</summary>
/// <remarks>
/// The quantiles say how much, not when. What is added, after section B of the paper: 42 % of the functions are timers with a usual period; of the others
/// half are called at random with a daily rhythm, and half in sessions of several calls. Rates above 2,000 a day are cut to that: such functions are
/// never idle for long. The seed is fixed, so that the trace is the same everywhere.
/// </remarks>
internal static class QuantileTrace
{
    private const int Seed = 2025;
    private const int FunctionsPerRegion = 40;
    private const int Days = 3;
    private const double Day = 86_400;
    private const double MaxPerDay = 2000;
    private const double TimerShare = 0.42;

    private static readonly double[] Periods = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

    public static Trace Make(QuantileTable table)
    {
        var random = new Random(Seed);
        var functions = new NameTable();
        var requests = new List<TraceRequest>();
        foreach (var region in table.Series("fig3a").Order(StringComparer.Ordinal))
        {
            for (var i = 0; i < FunctionsPerRegion; i++)
            {
                var function = functions.Index($"{region}-{i}");
                var perDay = Math.Min(MaxPerDay, table.At("fig3a", region, random.NextDouble()));
                var duration = table.At("fig3b", region, random.NextDouble());
                var times = random.NextDouble() < TimerShare ? Timer(random, perDay)
                    : random.Next(2) == 0 ? AtRandom(random, perDay)
                    : Sessions(random, perDay);
                requests.AddRange(times.Where(t => t < Days * Day).Select(t => new TraceRequest(t, function, duration * Math.Exp(0.3 * Gauss(random)))));
            }
        }
        return new("huawei-2025-quantiles", functions.Names, requests);
    }

    private static IEnumerable<double> Timer(Random random, double perDay)
    {
        var period = Periods.MinBy(p => Math.Abs(Math.Log(p * perDay / Day)));
        for (var time = random.NextDouble() * period; time < Days * Day; time += period)
            yield return time + (random.NextDouble() * 2);
    }

    private static IEnumerable<double> AtRandom(Random random, double perDay)
    {
        // Thinning: the busiest hour has 1.8 times the mean rate.
        const double Swing = 0.8;
        for (var time = 0.0; time < Days * Day;)
        {
            time += -Math.Log(1 - random.NextDouble()) * Day / (perDay * (1 + Swing));
            if (random.NextDouble() < (1 + (Swing * Math.Sin(2 * Math.PI * time / Day))) / (1 + Swing))
                yield return time;
        }
    }

    private static IEnumerable<double> Sessions(Random random, double perDay)
    {
        const double Calls = 8;
        const double Pause = 45;
        foreach (var start in AtRandom(random, perDay / Calls))
        {
            var time = start;
            do
            {
                yield return time;
                time += -Math.Log(1 - random.NextDouble()) * Pause;
            }
            while (random.NextDouble() > 1 / Calls);
        }
    }

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
