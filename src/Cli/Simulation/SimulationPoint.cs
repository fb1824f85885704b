using Hearth.Api.InferenceFunctions;

namespace Hearth.Cli.Simulation;

/// <summary>One policy with one duration, and what it cost.</summary>
internal sealed record SimulationPoint(KeepAlivePolicy Policy, double Duration, SimulationResult Result)
{
    /// <summary>For people.</summary>
    public string Name => Policy == KeepAlivePolicy.Histogram ? $"{Policy}" : $"{Policy} {KeepAliveText(Duration)}";

    private static string KeepAliveText(double seconds) => seconds >= 120
        ? FormattableString.Invariant($"{seconds / 60:0.#} min")
        : FormattableString.Invariant($"{seconds:0.#} s");
}
