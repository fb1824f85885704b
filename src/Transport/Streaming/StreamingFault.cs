namespace Hearth.Transport.Streaming;

/// <summary>Why an object did not come.</summary>
public enum StreamingFault
{
    /// <summary>The other does not know the group's token, or this one does not.</summary>
    TurnedAway,

    /// <summary>The other's node has no such object.</summary>
    NotFound,

    /// <summary>The other cannot be reached, ended, or was silent, more often than was allowed.</summary>
    PeerLost,

    /// <summary>What came was changed on the way, more often than was allowed.</summary>
    Corrupt,

    /// <summary>The other does not keep to the protocol.</summary>
    OutOfStep,
}
