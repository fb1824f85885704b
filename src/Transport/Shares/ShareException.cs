namespace Hearth.Transport.Shares;

/// <summary>A node share did not do what was asked.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">The object in quotes, what was expected, what to do.</param>
/// <param name="inner">What failed below.</param>
public sealed class ShareException(ShareFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public ShareFault Fault { get; } = fault;
}
