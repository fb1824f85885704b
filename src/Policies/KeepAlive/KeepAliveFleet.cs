using Hearth.Api.InferenceFunctions;
using Hearth.Policies.Scaling;

namespace Hearth.Policies.KeepAlive;

/// <summary>What is remembered of all functions to choose their keep-alive times. Safe for use from many threads.</summary>
/// <param name="options">How Adaptive decides.</param>
public sealed class KeepAliveFleet(AdaptiveOptions options)
{
    // Of all functions' idle times the last thousand or so count.
    private const double PriorDecay = 0.999;

    // A function's own cold starts outweigh the fleet's mean from this number on.
    private const double MeanWeight = 20;

    private static readonly TimeSpan LoadFading = TimeSpan.FromMinutes(15);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FunctionState> _functions = [];
    private readonly IdleTimes _prior = new(PriorDecay);
    private readonly IdleBudget _budget = new(options.BudgetShare);
    private readonly ColdStartMean _all = new();

    /// <summary>Adds an idle time that ended with a request.</summary>
    public void RecordIdle(string function, int rank, TimeSpan idle)
    {
        lock (_lock)
        {
            Get(function).Idle.Record(rank, idle);
            _prior.Add(idle.TotalSeconds);
        }
    }

    /// <summary>Adds the time of a cold start.</summary>
    public void RecordColdStart(string function, TimeSpan duration)
    {
        lock (_lock)
        {
            Get(function).ColdStarts.Add(duration.TotalSeconds);
            _all.Add(duration.TotalSeconds);
        }
    }

    /// <summary>Sets the load from <paramref name="now"/> on.</summary>
    /// <param name="function">The function.</param>
    /// <param name="now">The time; must not go backwards for a function.</param>
    /// <param name="level">Requests in flight, in workers.</param>
    /// <param name="starts">Requests since the last call, in workers' units.</param>
    public void RecordLoad(string function, DateTimeOffset now, double level, double starts)
    {
        lock (_lock)
            Get(function).Load.Record(now, level, starts);
    }

    /// <summary>Charges an idle time that has run its course, or a part of one, to the budget of Adaptive.</summary>
    /// <param name="spec">The function's keep-alive.</param>
    /// <param name="now">The time.</param>
    /// <param name="reference">What Fixed with the function's duration would have spent on it.</param>
    /// <param name="spent">What was spent on it.</param>
    public void Charge(KeepAliveSpec spec, DateTimeOffset now, TimeSpan reference, TimeSpan spent)
    {
        lock (_lock)
            _budget.Record(now, spec.Duration, reference, spent);
    }

    /// <summary>Decides for the worker of <paramref name="rank"/> when it goes idle.</summary>
    public KeepAliveDecision Decide(string function, KeepAliveSpec spec, int rank)
    {
        lock (_lock)
        {
            var state = Get(function);
            IKeepAlivePolicy policy = spec.Policy switch
            {
                KeepAlivePolicy.Histogram => new HistogramKeepAlive(),
                KeepAlivePolicy.Adaptive => new AdaptiveKeepAlive(options, spec.Duration, _prior, Price(state, spec), ColdStart(state)),
                _ => new FixedKeepAlive(spec.Duration),
            };
            return policy.Decide(state.Idle, rank);
        }
    }

    /// <summary>Workers that pay for themselves under a steady load, busy ones included; 0 where the policy keeps none for that reason.</summary>
    public int Spare(string function, KeepAliveSpec spec, DateTimeOffset now)
    {
        if (spec.Policy != KeepAlivePolicy.Adaptive)
            return 0;
        lock (_lock)
        {
            var state = Get(function);
            var (level, starts) = state.Load.At(now);
            return SpareWorkers.Wanted(level, starts, Price(state, spec), LoadFading);
        }
    }

    /// <summary>What has been learnt of a function, for <see cref="Restore"/>; null where nothing has.</summary>
    public string? Save(string function)
    {
        lock (_lock)
            return _functions.TryGetValue(function, out var state) ? LearntIdleTimes.Write(state.Idle, state.ColdStarts) : null;
    }

    /// <summary>Begins a function of which nothing is known with what was learnt before, and lets the others learn from it too.</summary>
    public void Restore(string function, string learnt)
    {
        lock (_lock)
        {
            var state = Get(function);
            if (state.Idle.Ranks > 0 || state.ColdStarts.Count > 0)
                return;
            LearntIdleTimes.Read(learnt, state.Idle, state.ColdStarts);
            _all.Add(state.ColdStarts.Sum, state.ColdStarts.Count);
            for (var bin = 0; state.Idle.OfRank(1) is { } times && bin < IdleTimes.Bins; bin++)
                _prior.Restore(bin, times.WeightOf(bin, bin));
        }
    }

    /// <summary>Drops what is known about a function that was deleted.</summary>
    public void Forget(string function)
    {
        lock (_lock)
            _functions.Remove(function);
    }

    private FunctionState Get(string function) =>
        _functions.TryGetValue(function, out var state) ? state : _functions[function] = new();

    /// <summary>A cold start of twice the mean time is worth twice as much.</summary>
    private double Price(FunctionState state, KeepAliveSpec spec) =>
        _budget.Factor * spec.Duration.TotalSeconds * (_all.Mean > 0 ? ColdStart(state) / _all.Mean : 1);

    private double ColdStart(FunctionState state) => state.ColdStarts.MeanTowards(_all.Mean, MeanWeight);

    private sealed class FunctionState
    {
        public IdleHistory Idle { get; } = new();

        public LoadMean Load { get; } = new(LoadFading);

        public ColdStartMean ColdStarts { get; } = new();
    }
}
