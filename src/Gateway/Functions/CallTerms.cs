namespace Hearth.Gateway.Functions;

/// <summary>What a request asks for beside its target.</summary>
/// <param name="Arrived">Timestamp of its arrival at the gateway.</param>
/// <param name="Timeout">Longest time from then to its end: the function's, or the caller's when that is shorter.</param>
/// <param name="Priority">How it ranks among those that wait.</param>
/// <param name="Bytes">Memory that it holds while it waits.</param>
/// <param name="MayStart">Whether a worker may be started for it although the traffic does not ask for the revision.</param>
internal readonly record struct CallTerms(
    long Arrived, TimeSpan Timeout, Priority Priority = Priority.Normal, long Bytes = CallTerms.HeadBytes, bool MayStart = false)
{
    /// <summary>Memory of a request without its body: connection, buffers, headers.</summary>
    public const long HeadBytes = 16 * 1024;

    /// <summary>What the server reads of a body that nobody asks for yet, its default.</summary>
    public const long MaxBodyBytes = 1024 * 1024;

    /// <summary>Memory of a request that waits.</summary>
    /// <param name="hasBody">Whether it has a body.</param>
    /// <param name="length">The body's length; null when the caller does not say.</param>
    public static long BytesOf(bool hasBody, long? length) => HeadBytes + (hasBody ? Math.Min(length ?? MaxBodyBytes, MaxBodyBytes) : 0);
}
