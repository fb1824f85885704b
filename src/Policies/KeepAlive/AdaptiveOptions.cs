namespace Hearth.Policies.KeepAlive;

/// <summary>How <see cref="AdaptiveKeepAlive"/> decides.</summary>
public sealed record AdaptiveOptions
{
    /// <summary>Share of the idle time of Fixed with the same duration that is spent. Defaults to 0.96: cheaper, and with fewer cold starts.</summary>
    public double BudgetShare { get; init; } = 0.96;

    /// <summary>Weight of a neighbouring rank's idle times for each step away. Defaults to 0.3.</summary>
    public double NeighbourWeight { get; init; } = 0.3;

    /// <summary>Idle times that what other functions show counts for. Defaults to 0.3.</summary>
    public double PriorWeight { get; init; } = 0.3;

    /// <summary>Share of a rank's own idle times, two made-up ones outside counted in, that must end in a window for it to be used. Defaults to 0.5.</summary>
    public double PreWarmShare { get; init; } = 0.5;
}
