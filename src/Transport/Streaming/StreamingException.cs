namespace Hearth.Transport.Streaming;

/// <summary>An object did not come.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">The object in quotes, what was expected, what to do.</param>
/// <param name="inner">What failed below.</param>
public sealed class StreamingException(StreamingFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public StreamingFault Fault { get; } = fault;

    /// <summary>Whether another connection may do better.</summary>
    internal bool IsWorthAnotherTry => Fault is StreamingFault.PeerLost or StreamingFault.Corrupt;
}
