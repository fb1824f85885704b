using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>How clients show who they are.</summary>
public sealed record ClientsAuthSpec
{
    /// <summary>Key of the token that is good for every client.</summary>
    public const string AnyClient = "_any";

    /// <summary>
    /// Name of a Secret in the same namespace that holds the clients' bearer tokens: each key is a client's id and its value that client's token. The token
    /// of the key <c>_any</c>, which is no client's id, is good for every client.
    /// </summary>
    [Required]
    [Length(1, 253)]
    [Pattern("^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$")]
    public string SecretName { get; set; } = "";
}
