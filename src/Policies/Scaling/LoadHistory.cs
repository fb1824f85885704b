using Hearth.Api.Gateways;

namespace Hearth.Policies.Scaling;

/// <summary>The load of every function, from the counters of every gateway. Safe for use from many threads.</summary>
/// <remarks>
/// A gateway reports, per function, the integral of its concurrency over time. The difference of two reports divided by the time between
/// them is the exact mean between them, however short the requests were. A gateway that has just been found, or has started anew, has no
/// earlier report, and its present concurrency is the sample. Times of a gateway are moved to the reader's clock by the report's own
/// time, so that the clocks need not agree.
/// </remarks>
public sealed class LoadHistory(LoadHistoryOptions options)
{
    private const int MaxIdleTimes = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, GatewayState> _gateways = [];
    private readonly Dictionary<(string Namespace, string Name), FunctionState> _functions = [];
    private readonly int _capacity = Math.Max(1, (int)Math.Ceiling(options.Window / options.Tick));

    // Nothing is known before the first tick, and that is no proof of idleness.
    private LoadCoverage _coverage = LoadCoverage.Partial;

    /// <summary>Adds one tick.</summary>
    /// <param name="now">The reader's clock.</param>
    /// <param name="reports">One entry per gateway that is alive. A gateway that is left out is gone, and its requests with it.</param>
    public void Record(DateTimeOffset now, IReadOnlyCollection<GatewayReport> reports)
    {
        lock (_lock)
        {
            foreach (var gone in _gateways.Keys.Except(reports.Select(r => r.Gateway)).ToArray())
                _gateways.Remove(gone);
            foreach (var (gateway, load) in reports)
            {
                if (load is not null)
                    _gateways[gateway] = Read(load, _gateways.GetValueOrDefault(gateway), now);
                else
                    _gateways.TryAdd(gateway, GatewayState.Unheard);
            }

            _coverage = reports.Count == 0 ? LoadCoverage.None
                : _gateways.Values.Any(g => now - g.AnsweredAt > options.Grace) ? LoadCoverage.Partial
                : LoadCoverage.Complete;
            foreach (var (function, state) in _functions)
                state.Samples.Add(now, _gateways.Values.Sum(g => g.Functions.GetValueOrDefault(function).Concurrency));
        }
    }

    /// <summary>What is known about a function at <paramref name="now"/>.</summary>
    public ObservedLoad Get(string ns, string name, DateTimeOffset now)
    {
        lock (_lock)
        {
            if (!_functions.TryGetValue((ns, name), out var state))
                return new(null, false, null, _coverage);
            var (mean, span) = state.Samples.Average(now, options.Window);
            // The newest and the oldest sample of a full window lie up to one tick each from its ends.
            return new(mean, span >= options.Window - (2 * options.Tick), state.LastActive, _coverage, state.Requests, state.Samples.Average(now, options.PanicWindow).Mean);
        }
    }

    /// <summary>The idle times of a function that ended since the last call, oldest first, each longer than a tick; the latest where there are many.</summary>
    public IReadOnlyList<IdleTime> TakeIdleTimes(string ns, string name)
    {
        lock (_lock)
        {
            if (!_functions.TryGetValue((ns, name), out var state) || state.IdleTimes.Count == 0)
                return [];
            IdleTime[] taken = [.. state.IdleTimes];
            state.IdleTimes.Clear();
            return taken;
        }
    }

    /// <summary>Drops what is known about a function that was deleted.</summary>
    public void Forget(string ns, string name)
    {
        lock (_lock)
            _functions.Remove((ns, name));
    }

    private GatewayState Read(GatewayLoad load, GatewayState? before, DateTimeOffset now)
    {
        var functions = new Dictionary<(string, string), FunctionCounter>(load.Functions.Count);
        var seconds = before?.Identity == load.Gateway ? (load.Time - before.Time).TotalSeconds : 0;
        foreach (var function in load.Functions)
        {
            var key = (function.Namespace, function.Name);
            var grown = function.ConcurrencySeconds - (before?.Functions.GetValueOrDefault(key).Seconds ?? 0);
            functions[key] = new(function.ConcurrencySeconds, seconds > 0 && grown >= 0 ? grown / seconds : function.Concurrency, function.Requests);

            if (!_functions.TryGetValue(key, out var state))
                _functions[key] = state = new(_capacity);
            state.Requests += Math.Max(0, function.Requests - (before?.Identity == load.Gateway ? before.Functions.GetValueOrDefault(key).Requests : function.Requests));
            if (LastActive(function, load, now) is { } active && !(state.LastActive >= active))
                state.Activate(active, options.Tick);
        }
        return new(load.Gateway, load.Time, now, functions);
    }

    private static DateTimeOffset? LastActive(FunctionLoad function, GatewayLoad load, DateTimeOffset now)
    {
        if (function.Concurrency > 0)
            return now;
        var idle = load.Time - function.LastActive;
        return idle is { } time ? now - (time > TimeSpan.Zero ? time : TimeSpan.Zero) : null;
    }

    private readonly record struct FunctionCounter(double Seconds, double Concurrency, long Requests);

    private sealed record GatewayState(
        string Identity, DateTimeOffset Time, DateTimeOffset AnsweredAt, Dictionary<(string Namespace, string Name), FunctionCounter> Functions)
    {
        /// <summary>A gateway that is alive and never answered: it may carry any load.</summary>
        public static GatewayState Unheard { get; } = new("", default, DateTimeOffset.MinValue, []);
    }

    private sealed class FunctionState(int capacity)
    {
        public SampleWindow Samples { get; } = new(capacity);

        public DateTimeOffset? LastActive { get; private set; }

        public long Requests { get; set; }

        public Queue<IdleTime> IdleTimes { get; } = new();

        public void Activate(DateTimeOffset time, TimeSpan tick)
        {
            if (LastActive is { } last && time - last > tick)
                IdleTimes.Enqueue(new(last, time - last));
            if (IdleTimes.Count > MaxIdleTimes)
                IdleTimes.Dequeue();
            LastActive = time;
        }
    }
}
