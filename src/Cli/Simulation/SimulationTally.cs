namespace Hearth.Cli.Simulation;

/// <summary>Adds up what is reported, within one part of the trace.</summary>
/// <param name="from">Second at which the part begins.</param>
/// <param name="to">Second at which it ends.</param>
/// <param name="functions">Number of functions.</param>
internal sealed class SimulationTally(double from, double to, int functions)
{
    private readonly List<double>[] _slowdowns = [.. Enumerable.Range(0, functions).Select(_ => new List<double>())];
    private readonly List<double> _utilities = [];
    private int _cold;
    private int _created;
    private double _idle;

    /// <summary>A request that waited, and then took its time.</summary>
    public void AddRequest(double time, int function, double wait, double duration)
    {
        if (!IsReported(time))
            return;
        _slowdowns[function].Add(duration > 0 ? (wait + duration) / duration : 1);
        if (wait > 0)
            _cold++;
    }

    /// <summary>A worker that was started.</summary>
    public void AddCreated(double time) => _created += IsReported(time) ? 1 : 0;

    /// <summary>A time in which a worker stood ready.</summary>
    public void AddIdle(double start, double end) => _idle += Math.Max(0, Math.Min(end, to) - Math.Max(start, from));

    /// <summary>A worker that ended, by its useful lifetime over the time of its start.</summary>
    public void AddUtility(double time, double utility)
    {
        if (IsReported(time))
            _utilities.Add(utility);
    }

    /// <summary>What was added up.</summary>
    public SimulationResult ToResult()
    {
        var all = _slowdowns.SelectMany(s => s).Order().ToArray();
        var tails = _slowdowns.Where(s => s.Count > 0).Select(s => Math.Log(Quantile([.. s.Order()], 0.99))).ToArray();
        return new()
        {
            Requests = all.Length,
            ColdStarts = _cold,
            IdleSeconds = _idle,
            Created = _created,
            SlowdownP50 = Quantile(all, 0.5),
            SlowdownP99 = Quantile(all, 0.99),
            SlowdownP99PerFunction = tails.Length == 0 ? 1 : Math.Exp(tails.Average()),
            Utility = Quantile([.. _utilities.Order()], 0.5),
        };
    }

    private bool IsReported(double time) => time >= from && time < to;

    private static double Quantile(double[] sorted, double share) =>
        sorted.Length == 0 ? 0 : sorted[(int)Math.Ceiling(share * sorted.Length) - 1];
}
