namespace Hearth.Api.Gateways;

/// <summary>Load of one function at one gateway. The counters only grow, so any reader can average over any window.</summary>
public sealed record FunctionLoad
{
    public string Namespace { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Requests in the gateway now: queued and forwarded.</summary>
    public int Concurrency { get; set; }

    /// <summary>Of those, waiting for a worker.</summary>
    public int Queued { get; set; }

    /// <summary>Integral of <see cref="Concurrency"/> over time in request-seconds since the gateway started.</summary>
    public double ConcurrencySeconds { get; set; }

    /// <summary>Requests that arrived since the gateway started.</summary>
    public long Requests { get; set; }

    /// <summary>When a request last arrived or ended.</summary>
    public DateTimeOffset? LastActive { get; set; }
}
