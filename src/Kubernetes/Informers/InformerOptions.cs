namespace Hearth.Kubernetes.Informers;

/// <summary>What an <see cref="Informer{T}"/> copies and how it stays current.</summary>
public sealed record InformerOptions
{
    /// <summary>Namespace; null for all. Defaults to null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only objects with these labels. Defaults to all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects with these fields. Defaults to all.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>How long the server is asked to keep a watch open. Defaults to 5 minutes.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch the server has not ended this long after <see cref="WatchTimeout"/> is stalled and given up. Defaults to 30 s.</summary>
    public TimeSpan WatchGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Wait after the first failure; each further one doubles it. Defaults to 800 ms.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Longest wait after a failure. Defaults to 30 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(30);
}
