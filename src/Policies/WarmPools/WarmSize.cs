using Hearth.Api.WorkerPools;

namespace Hearth.Policies.WarmPools;

/// <summary>Chooses the number of idle workers of a pool. This version knows Fixed; Predictive falls back to it.</summary>
public static class WarmSize
{
    /// <summary>Decides for one pool.</summary>
    public static WarmSizeDecision Decide(WarmSpec spec) => spec.Policy == WarmPolicy.Fixed
        ? new(spec.Min)
        : new(spec.Min, $"Warm policy {spec.Policy} is not available in this version: Fixed with {spec.Min} applies.");
}
