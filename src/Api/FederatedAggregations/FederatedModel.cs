namespace Hearth.Api.FederatedAggregations;

/// <summary>A published model of a federation.</summary>
public sealed record FederatedModel
{
    /// <summary>Rounds that made it; 0 is the initial model.</summary>
    public int Version { get; set; }

    /// <summary>SHA-256 of its weights in hexadecimal digits.</summary>
    public string? Digest { get; set; }

    /// <summary>Its manifest, which an InferenceFunction of format Hearth serves.</summary>
    public string? Uri { get; set; }
}
