using Hearth.Policies.KeepAlive;

namespace Hearth.Cli.Simulation;

/// <summary>Replays a trace through the policies that the operator runs.</summary>
/// <remarks>
/// A request goes to the lowest free worker of its function, and waits for a cold start where that worker is not there. Policies learn only from what has
/// happened by then. Workers that are kept because of the load are looked at again with every request and every ten seconds.
/// </remarks>
internal sealed class Simulator
{
    private const double Tick = 10;

    private readonly Trace _trace;
    private readonly SimulationSettings _settings;
    private readonly SimulatedFunction[] _functions;
    private readonly bool[] _isTicking;
    private readonly PriorityQueue<Event, double> _events = new();

    private Simulator(Trace trace, SimulationSettings settings, IReadOnlyList<SimulationTally> tallies)
    {
        (_trace, _settings) = (trace, settings);
        var fleet = new KeepAliveFleet(settings.Adaptive);
        _functions = [.. trace.Functions.Select((name, i) => new SimulatedFunction(i, name, settings, fleet, tallies))];
        _isTicking = new bool[_functions.Length];
    }

    /// <summary>Replays <paramref name="trace"/> whole, and reports what happened in each of <paramref name="parts"/> of it.</summary>
    public static SimulationResult[] Run(Trace trace, SimulationSettings settings, params (double From, double To)[] parts)
    {
        var tallies = Array.ConvertAll(parts, part => new SimulationTally(part.From, part.To, trace.Functions.Count));
        new Simulator(trace, settings, tallies).Run();
        return Array.ConvertAll(tallies, tally => tally.ToResult());
    }

    private void Run()
    {
        for (var i = 0; i < _trace.Requests.Count; i++)
        {
            var request = _trace.Requests[i];
            Advance(request.Arrival);
            var end = _functions[request.Function].Arrive(request.Arrival, request, _settings.ColdStart.Time(i));
            _events.Enqueue(new(EventKind.Departure, request.Function), end);
            KeepTicking(request.Function, request.Arrival);
        }
        Advance(_trace.End);
        foreach (var function in _functions)
            function.Finish(_trace.End);
    }

    private void Advance(double until)
    {
        while (_events.TryPeek(out var next, out var time) && time <= until)
        {
            _events.Dequeue();
            Handle(next, time);
        }
    }

    private void Handle(Event next, double time)
    {
        var function = _functions[next.Function];
        switch (next.Kind)
        {
            case EventKind.Departure:
                if (function.Depart(time) is var (rank, version, at))
                    _events.Enqueue(new(EventKind.Settlement, next.Function, rank, version), at);
                break;
            case EventKind.Settlement:
                function.Settle(next.Rank, next.Version, time);
                break;
            default:
                _isTicking[next.Function] = false;
                function.Follow(time, 0);
                break;
        }
        KeepTicking(next.Function, time);
    }

    private void KeepTicking(int function, double time)
    {
        if (_isTicking[function] || !_functions[function].IsHolding)
            return;
        _isTicking[function] = true;
        _events.Enqueue(new(EventKind.Tick, function), time + Tick);
    }

    private enum EventKind
    {
        Departure,
        Settlement,
        Tick,
    }

    private readonly record struct Event(EventKind Kind, int Function, int Rank = 0, int Version = 0);
}
