namespace Hearth.Federation.Client;

/// <summary>How patient a client is.</summary>
public sealed record FederationClientOptions
{
    /// <summary>First wait before a request is repeated; each later one is twice as long. Defaults to 200 ms.</summary>
    public TimeSpan FirstBackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait before a request is repeated. Defaults to 10 seconds.</summary>
    public TimeSpan LongestBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a request is repeated before the client gives up. Defaults to 10 minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the server may keep a request for a task open. Defaults to 30 seconds.</summary>
    public TimeSpan TaskWait { get; init; } = TimeSpan.FromSeconds(30);
}
