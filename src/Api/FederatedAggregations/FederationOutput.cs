using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>Where a federation keeps what must not be lost.</summary>
public sealed record FederationOutput
{
    /// <summary>Directory that every worker of the pool sees, as file:///absolute/path. One federation alone may use it.</summary>
    [Length(1, 2048)]
    [Pattern("^file:///.+$")]
    [Required]
    public string Uri { get; set; } = "";
}
