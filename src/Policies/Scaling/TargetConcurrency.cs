using Hearth.Api.InferenceFunctions;

namespace Hearth.Policies.Scaling;

/// <summary>Requests in flight per worker that scaling aims at.</summary>
public static class TargetConcurrency
{
    private const double Utilization = 0.7;
    private const double WithoutLimit = 70;

    /// <summary>What the function asks for, else 70 % of its hard limit, else 70: Knative's defaults, which leave 30 % for growth while a worker starts.</summary>
    public static double Of(InferenceFunctionSpec spec) =>
        spec.Scale.TargetConcurrency is { } target ? target
        : spec.Concurrency > 0 ? spec.Concurrency * Utilization
        : WithoutLimit;
}
