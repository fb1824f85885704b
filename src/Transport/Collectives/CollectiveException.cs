namespace Hearth.Transport.Collectives;

/// <summary>The ranks cannot go on together; the ring is closed, and with that every other rank learns of it.</summary>
/// <param name="fault">Why.</param>
/// <param name="rank">The neighbour at which it showed; null where it is none in particular.</param>
/// <param name="message">What was expected and what was found.</param>
/// <param name="innerException">What the system said.</param>
public sealed class CollectiveException(CollectiveFault fault, int? rank, string message, Exception? innerException = null) : Exception(message, innerException)
{
    /// <summary>Why.</summary>
    public CollectiveFault Fault { get; } = fault;

    /// <summary>The neighbour at which it showed; null where it is none in particular.</summary>
    public int? Rank { get; } = rank;
}
