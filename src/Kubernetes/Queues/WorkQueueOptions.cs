namespace Hearth.Kubernetes.Queues;

/// <summary>How a <see cref="WorkQueue{TKey}"/> slows down items that fail. The defaults are client-go's.</summary>
internal sealed record WorkQueueOptions
{
    /// <summary>Delay after an item's first failure; each further failure doubles it. Defaults to 5 ms.</summary>
    public TimeSpan BaseDelay { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest delay of an item. Defaults to 1000 s.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(1000);

    /// <summary>Retries per second over all items, once the burst is used up. Defaults to 10.</summary>
    public double RetriesPerSecond { get; init; } = 10;

    /// <summary>Retries that may come at once. Defaults to 100.</summary>
    public int RetryBurst { get; init; } = 100;
}
