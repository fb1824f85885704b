namespace Hearth.Policies.Scaling;

/// <summary>What a scaler decides from.</summary>
public sealed record ScaleInput
{
    /// <summary>Workers there are: serving or on their way to it.</summary>
    public int Live { get; init; }

    /// <summary>Fewest workers.</summary>
    public int Min { get; init; }

    /// <summary>Most workers.</summary>
    public int Max { get; init; } = 1;

    /// <summary>Requests in flight that one worker should have; above 0.</summary>
    public double Target { get; init; } = 1;

    /// <summary>Workers that pay for themselves under the present load, busy ones included; 0 for as many as the load needs.</summary>
    public int Spare { get; init; }

    /// <summary>The measured load.</summary>
    public ObservedLoad Load { get; init; }

    /// <summary>What the decision before this one left to remember; the panic in it, above all.</summary>
    public KnativeState State { get; init; } = KnativeState.Calm;

    /// <summary>The present time.</summary>
    public DateTimeOffset Now { get; init; }

    /// <summary>Time since the last activity, of gateways and workers alike; null when there never was any.</summary>
    public TimeSpan? IdleFor { get; init; }

    /// <summary>How long an unused worker stays.</summary>
    public TimeSpan KeepAlive { get; init; }
}
