namespace Hearth.Transport.Doorbells;

/// <summary>Why a doorbell does not work.</summary>
public enum DoorbellFault
{
    /// <summary>No bell can be hung in, or found at, the owner's place.</summary>
    Unreachable,

    /// <summary>The neighbour took this process for a stranger, or did not answer in time.</summary>
    TurnedAway,

    /// <summary>The neighbour has ended or closed the line.</summary>
    PeerLost,

    /// <summary>The neighbour does not keep to the protocol.</summary>
    OutOfStep,
}
