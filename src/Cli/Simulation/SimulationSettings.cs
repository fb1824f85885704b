using Hearth.Api.InferenceFunctions;
using Hearth.Policies.KeepAlive;

namespace Hearth.Cli.Simulation;

/// <summary>What a trace is replayed with.</summary>
/// <param name="KeepAlive">The policy and its duration, as in a function's spec.</param>
/// <param name="ColdStart">Times of cold starts.</param>
/// <param name="Concurrency">Requests that a worker takes at a time.</param>
internal sealed record SimulationSettings(KeepAliveSpec KeepAlive, ColdStartModel ColdStart, int Concurrency)
{
    /// <summary>How Adaptive decides.</summary>
    public AdaptiveOptions Adaptive { get; init; } = new();
}
