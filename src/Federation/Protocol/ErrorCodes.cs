namespace Hearth.Federation.Protocol;

/// <summary>What <see cref="ErrorAnswer.ErrorCode"/> may be.</summary>
public static class ErrorCodes
{
    /// <summary>An id, header or body is not of the protocol.</summary>
    public const string Request = "ERR_FEDERATION_REQUEST";

    /// <summary>The client joins again.</summary>
    public const string UnknownClient = "ERR_FEDERATION_UNKNOWN_CLIENT";

    /// <summary>There is no such round, or not yet.</summary>
    public const string UnknownRound = "ERR_FEDERATION_UNKNOWN_ROUND";

    /// <summary>There is no such model, or not yet.</summary>
    public const string UnknownModel = "ERR_FEDERATION_UNKNOWN_MODEL";

    /// <summary>The round did not ask this client.</summary>
    public const string NotSelected = "ERR_FEDERATION_NOT_SELECTED";

    /// <summary>The client has sent another update for this round.</summary>
    public const string OtherUpdate = "ERR_FEDERATION_OTHER_UPDATE";

    /// <summary>The round takes no updates any more.</summary>
    public const string RoundClosed = "ERR_FEDERATION_ROUND_CLOSED";

    /// <summary>The bytes are not those that were announced.</summary>
    public const string Digest = "ERR_FEDERATION_DIGEST";

    /// <summary>The bytes are no update of this model.</summary>
    public const string Update = "ERR_FEDERATION_UPDATE";

    /// <summary>The body is longer than an update can be.</summary>
    public const string TooLarge = "ERR_FEDERATION_TOO_LARGE";

    /// <summary>The body broke off.</summary>
    public const string Incomplete = "ERR_FEDERATION_INCOMPLETE";

    /// <summary>Too many clients have joined.</summary>
    public const string Clients = "ERR_FEDERATION_CLIENTS";

    /// <summary>The aggregator stops or cannot write; another will go on.</summary>
    public const string Unavailable = "ERR_FEDERATION_UNAVAILABLE";

    /// <summary>There is nothing at that path.</summary>
    public const string Route = "ERR_FEDERATION_ROUTE";

    /// <summary>The path takes another method.</summary>
    public const string Method = "ERR_FEDERATION_METHOD";

    /// <summary>Of the gateway: the federation is suspended, and may go on later.</summary>
    public const string Suspended = "ERR_FEDERATION_SUSPENDED";
}
