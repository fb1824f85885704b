using Hearth.Cli.Simulation;
using Hearth.Policies.Placement;

namespace Hearth.Benchmarks.Placement;

/// <summary>Claims of a pool over several nodes, each with a cache of artifacts: a claim on a node without the artifact moves it there.</summary>
internal sealed class ArtifactClaims(Trace trace, bool byArtifact)
{
    private const int Nodes = 16;
    private const int WorkersPerNode = 4;
    private const int CachedPerNode = 12;
    private const double KeepAlive = 300;
    private const int Seed = 7;

    private readonly Random _random = new(Seed);
    private readonly List<Worker> _workers = [.. Enumerable.Range(0, Nodes * WorkersPerNode).Select(i => new Worker($"node-{i % Nodes}"))];
    private readonly Dictionary<string, LinkedList<int>> _caches = Enumerable.Range(0, Nodes).ToDictionary(i => $"node-{i}", _ => new LinkedList<int>());

    public int Claims { get; private set; }

    /// <summary>Bytes that crossed to a node.</summary>
    public double Bytes { get; private set; }

    /// <summary>Claims on a node without the artifact while a worker was idle on a node that had it.</summary>
    public int Missed { get; private set; }

    public void Run()
    {
        foreach (var request in trace.Requests)
        {
            var now = request.Arrival;
            var worker = _workers.Find(w => w.Function == request.Function && w.BusyUntil <= now && w.IsKept(now));
            worker ??= Claim(request.Function, now);
            if (worker is not null)
                (worker.Function, worker.BusyUntil) = (request.Function, now + request.Duration);
        }
    }

    private Worker? Claim(int function, double now)
    {
        var idle = _workers.Where(w => w.BusyUntil <= now && !w.IsKept(now)).ToArray();
        if (idle.Length == 0)
            return null;
        var chosen = ClaimOrder.Rank(idle, w => new(w.Node, null, byArtifact && _caches[w.Node].Contains(function)), null, _random)[0];
        Claims++;
        var cache = _caches[chosen.Node];
        if (!cache.Remove(function))
        {
            Missed += idle.Any(w => _caches[w.Node].Contains(function)) ? 1 : 0;
            Bytes += SizeOf(function);
            if (cache.Count == CachedPerNode)
                cache.RemoveLast();
        }
        cache.AddFirst(function);
        return chosen;
    }

    /// <summary>2 to 7 GB, as base models of image generation have; the same for a model wherever it is.</summary>
    private static double SizeOf(int function) => (2 + (function * 2654435761 % 5000 / 1000.0)) * 1e9;

    private sealed class Worker(string node)
    {
        public string Node { get; } = node;

        public int? Function { get; set; }

        public double BusyUntil { get; set; } = double.NegativeInfinity;

        public bool IsKept(double now) => Function is not null && now - BusyUntil < KeepAlive;
    }
}
