namespace Hearth.Api.Gateways;

/// <summary>What one gateway knows of a federation's clients.</summary>
public sealed record FederationLoad
{
    public string Namespace { get; set; } = "";

    public string Name { get; set; } = "";

    /// <summary>Requests in the gateway now.</summary>
    public int Concurrency { get; set; }

    /// <summary>When a request last arrived or ended.</summary>
    public DateTimeOffset LastActive { get; set; }
}
