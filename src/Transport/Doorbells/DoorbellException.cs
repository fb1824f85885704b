namespace Hearth.Transport.Doorbells;

/// <summary>A doorbell does not work.</summary>
/// <param name="fault">Why.</param>
/// <param name="message">The neighbour in quotes, what was expected, what to do.</param>
/// <param name="inner">What failed below.</param>
public sealed class DoorbellException(DoorbellFault fault, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public DoorbellFault Fault { get; } = fault;
}
