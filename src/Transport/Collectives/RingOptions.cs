namespace Hearth.Transport.Collectives;

/// <summary>How long ranks wait for each other.</summary>
public sealed record RingOptions
{
    /// <summary>Time within which every rank must have come. Defaults to 5 minutes: a slow one may be fetching its data.</summary>
    public TimeSpan RendezvousTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Time for one connection to say who it is. Defaults to 10 seconds.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time without a byte in an operation after which it is given up. Defaults to 60 seconds, more than a step or the writing of a checkpoint takes.</summary>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time between two tries to connect to a rank that does not listen yet. Defaults to 50 milliseconds.</summary>
    public TimeSpan ConnectRetry { get; init; } = TimeSpan.FromMilliseconds(50);
}
