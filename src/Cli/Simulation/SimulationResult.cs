namespace Hearth.Cli.Simulation;

/// <summary>What replaying a trace showed.</summary>
internal sealed record SimulationResult
{
    public required int Requests { get; init; }

    /// <summary>Requests that waited for a worker to start.</summary>
    public required int ColdStarts { get; init; }

    /// <summary>Time for which workers stood ready, or loaded in advance, without work, in seconds.</summary>
    public required double IdleSeconds { get; init; }

    /// <summary>Workers started, in advance or for a request.</summary>
    public required int Created { get; init; }

    /// <summary>Median over the requests of (wait + duration) ÷ duration.</summary>
    public required double SlowdownP50 { get; init; }

    /// <summary>The 99th percentile of the same.</summary>
    public required double SlowdownP99 { get; init; }

    /// <summary>Geometric mean over the functions of their 99th percentiles.</summary>
    public required double SlowdownP99PerFunction { get; init; }

    /// <summary>Median over the workers of useful lifetime ÷ time of the cold start.</summary>
    public required double Utility { get; init; }

    public double ColdShare => Requests == 0 ? 0 : ColdStarts / (double)Requests;
}
