namespace Hearth.Cli.Simulation;

/// <summary>One request of a trace.</summary>
/// <param name="Arrival">Seconds since the trace's first request.</param>
/// <param name="Function">Index of the function.</param>
/// <param name="Duration">Seconds that a warm worker takes for it.</param>
internal readonly record struct TraceRequest(double Arrival, int Function, double Duration);
