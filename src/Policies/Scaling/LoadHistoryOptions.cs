namespace Hearth.Policies.Scaling;

/// <summary>How much load is remembered.</summary>
public sealed record LoadHistoryOptions
{
    /// <summary>Time between two samples. Defaults to 2 seconds, Knative's tick.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time that is averaged over. Defaults to 60 seconds, Knative's stable window.</summary>
    public TimeSpan Window { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Time that is averaged over to notice a burst. Defaults to 6 seconds, Knative's panic window: a tenth of the stable one.</summary>
    public TimeSpan PanicWindow { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long the last answer of a gateway that fell silent stands for its present load. Defaults to 15 seconds.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(15);
}
