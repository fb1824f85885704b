namespace Hearth.Federation.Protocol;

/// <summary>Why a client's request is refused. Nothing of what it sent is kept.</summary>
public enum RefusalKind
{
    /// <summary>An id, header or body is not of the protocol.</summary>
    InvalidRequest,

    /// <summary>The client has not joined, or was forgotten: it joins again and repeats the request.</summary>
    UnknownClient,

    /// <summary>There is no such round, or not yet.</summary>
    UnknownRound,

    /// <summary>There is no such model, or not yet.</summary>
    UnknownModel,

    /// <summary>The round did not ask this client.</summary>
    NotSelected,

    /// <summary>The client has sent another update for this round.</summary>
    OtherUpdate,

    /// <summary>The round takes no updates any more.</summary>
    RoundClosed,

    /// <summary>The bytes are not those that <c>Content-Digest</c> names.</summary>
    DigestMismatch,

    /// <summary>The bytes are no update of this model.</summary>
    InvalidUpdate,

    /// <summary>The body is longer than an update of this model can be.</summary>
    TooLarge,

    /// <summary>The body broke off.</summary>
    Incomplete,

    /// <summary>Too many clients have joined.</summary>
    TooManyClients,

    /// <summary>The aggregator stops, or cannot write; another will go on: the request is repeated later.</summary>
    Unavailable,
}
