namespace Hearth.Cli.Simulation;

/// <summary>Requests in the order of their arrival.</summary>
internal sealed class Trace
{
    public Trace(string name, IReadOnlyList<string> functions, IEnumerable<TraceRequest> requests)
    {
        Name = name;
        Functions = functions;
        Requests = [.. requests.OrderBy(r => r.Arrival)];
    }

    /// <summary>What it is called in reports.</summary>
    public string Name { get; }

    /// <summary>Names of the functions.</summary>
    public IReadOnlyList<string> Functions { get; }

    /// <summary>The requests.</summary>
    public IReadOnlyList<TraceRequest> Requests { get; }

    /// <summary>When half of the requests have arrived.</summary>
    public double Middle => Requests[Requests.Count / 2].Arrival;

    /// <summary>When the last request arrives.</summary>
    public double End => Requests[^1].Arrival;
}
