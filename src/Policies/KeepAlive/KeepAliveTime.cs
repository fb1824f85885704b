using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;

namespace Hearth.Policies.KeepAlive;

/// <summary>Chooses the keep-alive time of a function. This version knows Fixed; the others fall back to it, as they do on thin data.</summary>
public static class KeepAliveTime
{
    /// <summary>Decides for one function.</summary>
    public static KeepAliveDecision Decide(KeepAliveSpec spec) => spec.Policy == KeepAlivePolicy.Fixed
        ? new(spec.Duration)
        : new(spec.Duration, $"Keep-alive policy {spec.Policy} is not available in this version: Fixed with "
            + $"{KubernetesDurationConverter.Format(spec.Duration)} applies.");
}
