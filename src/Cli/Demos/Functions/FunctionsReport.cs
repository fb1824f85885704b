using Hearth.Cli.Demos.Serving;

namespace Hearth.Cli.Demos.Functions;

/// <summary>What <c>--report</c> writes. All times are milliseconds.</summary>
internal sealed record FunctionsReport : DemoReport
{
    /// <summary>The cold start from the warm pool whose total is the median of those measured.</summary>
    public required Parts ColdStart { get; init; }

    /// <summary>First byte of the same function when its pool is empty and a pod has to be created.</summary>
    public required double ColdFromCreate { get; init; }

    /// <summary>Opening the runtime and building the session: the median of the same cold starts.</summary>
    public required double ModelLoad { get; init; }

    public required double WarmP50 { get; init; }

    public required double WarmP99 { get; init; }

    /// <summary>Outputs of the first answer.</summary>
    public required IReadOnlyList<Output> Outputs { get; init; }

    /// <summary>The report of a run.</summary>
    /// <param name="cold">Cold starts from the warm pool.</param>
    /// <param name="created">First byte when a pod was created.</param>
    /// <param name="warm">First bytes of a warm worker.</param>
    /// <param name="outputs">Outputs of an answer.</param>
    public static FunctionsReport Make(
        IReadOnlyList<ColdStartTiming> cold, TimeSpan created, IReadOnlyList<double> warm, IReadOnlyList<Tensor> outputs)
    {
        var typical = cold.OrderBy(c => c.Total).ElementAt((cold.Count - 1) / 2);
        return new()
        {
            ColdStart = new(typical.PodAllocation, typical.DeployCode, typical.DeployDependency, typical.Scheduling, typical.Total),
            ColdFromCreate = created.TotalMilliseconds,
            ModelLoad = Latencies.Median([.. cold.Select(c => c.DeployDependency)]),
            WarmP50 = Latencies.Quantile(warm, 0.5),
            WarmP99 = Latencies.Quantile(warm, 0.99),
            Outputs = [.. outputs.Select(o => new Output(o.Name, o.Shape.Dimensions, o.Numbers().Sum()))],
        };
    }

    /// <summary>The parts of a cold start.</summary>
    internal sealed record Parts(double PodAllocation, double DeployCode, double DeployDependency, double Scheduling, double Total);

    /// <summary>One output and the sum of its elements.</summary>
    internal sealed record Output(string Name, IReadOnlyList<long> Shape, double Sum);
}
