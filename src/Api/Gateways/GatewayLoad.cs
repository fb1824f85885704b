namespace Hearth.Api.Gateways;

/// <summary>Answer of a gateway's <c>GET :8081/load</c>.</summary>
public sealed record GatewayLoad
{
    /// <summary>Identity of the gateway process; another identity means that the counters started anew.</summary>
    public string Gateway { get; set; } = "";

    /// <summary>The gateway's clock when the report was made.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>One entry per function that this gateway has seen a request for.</summary>
    public IReadOnlyList<FunctionLoad> Functions { get; set; } = [];

    /// <summary>One entry per federation whose clients have asked this gateway.</summary>
    public IReadOnlyList<FederationLoad> Federations { get; set; } = [];
}
