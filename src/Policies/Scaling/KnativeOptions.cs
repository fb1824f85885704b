namespace Hearth.Policies.Scaling;

/// <summary>The settings of Knative's pod autoscaler, with its defaults (knative/serving, <c>config/core/configmaps/autoscaler.yaml</c>).</summary>
public sealed record KnativeOptions
{
    /// <summary>Time that is averaged over. Defaults to 60 s.</summary>
    public TimeSpan StableWindow { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Wanted ÷ ready pods in the panic window from which on it panics. Defaults to 2.</summary>
    public double PanicThreshold { get; init; } = 2;

    /// <summary>Pods are multiplied by this at most in one step. Defaults to 1000.</summary>
    public double MaxScaleUpRate { get; init; } = 1000;

    /// <summary>Pods are divided by this at most in one step. Defaults to 2.</summary>
    public double MaxScaleDownRate { get; init; } = 2;

    /// <summary>Pods that the first request brings. Defaults to 1.</summary>
    public int ActivationScale { get; init; } = 1;

    /// <summary>Pods of a revision that has never been ready. Defaults to 1.</summary>
    public int InitialScale { get; init; } = 1;

    /// <summary>Fewer pods only after fewer have been wanted for this time. Defaults to 0.</summary>
    public TimeSpan ScaleDownDelay { get; init; }

    /// <summary>
    /// Requests at once that pods and their spare room must bear before the activator leaves the path; 0 has it in the path only at zero pods, −1 always.
    /// Defaults to 211.
    /// </summary>
    public double TargetBurstCapacity { get; init; } = 211;

    /// <summary>Requests that one activator takes. Defaults to 100.</summary>
    public double ActivatorCapacity { get; init; } = 100;

    /// <summary>Fewest activators. Defaults to 2.</summary>
    public int MinActivators { get; init; } = 2;

    /// <summary>Time for the activator to be in the path before the last pod goes. Defaults to 30 s.</summary>
    public TimeSpan ScaleToZeroGrace { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longer time for which the last pod stays. Defaults to 0.</summary>
    public TimeSpan ScaleToZeroRetention { get; init; }
}
