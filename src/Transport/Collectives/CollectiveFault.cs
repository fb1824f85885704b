namespace Hearth.Transport.Collectives;

/// <summary>Why ranks cannot go on together.</summary>
public enum CollectiveFault
{
    /// <summary>Not every rank came in time.</summary>
    Rendezvous,

    /// <summary>A neighbour belongs to another group, or does not know the group's token.</summary>
    Refused,

    /// <summary>A neighbour closed its connection: it, or one beyond it, has ended.</summary>
    PeerLost,

    /// <summary>A neighbour is connected and nothing has come for too long.</summary>
    Stalled,

    /// <summary>A neighbour does something else than this rank, or sends what is no message.</summary>
    OutOfStep,
}
