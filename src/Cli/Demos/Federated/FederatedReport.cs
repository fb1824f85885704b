using Hearth.Api.FederatedAggregations;

namespace Hearth.Cli.Demos.Federated;

/// <summary>What <c>--report</c> writes.</summary>
internal sealed record FederatedReport : DemoReport
{
    /// <summary>Rounds that were published.</summary>
    public required int Rounds { get; init; }

    /// <summary>Part of the held-out digits that the model of each round reads rightly, 0 to 1, from the first round on.</summary>
    public required IReadOnlyList<double> AccuracyPerRound { get; init; }

    /// <summary>Updates that were acknowledged, over all rounds.</summary>
    public required long UpdatesReceived { get; init; }

    /// <summary>Updates in a published model, over all rounds.</summary>
    public required long UpdatesFolded { get; init; }

    /// <summary>From applying the federation to its end, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Which aggregator ran on which node in which role, and what it received.</summary>
    public required IReadOnlyList<AggregatorStatus> Tree { get; init; }

    /// <summary>Bytes of updates and sums that stayed on their node.</summary>
    public required long BytesOnNode { get; init; }

    /// <summary>Bytes of updates and sums that crossed from one node to another.</summary>
    public required long BytesAcross { get; init; }

    /// <summary>Workers that were started because the pool had none.</summary>
    public required int WorkerStarts { get; init; }

    /// <summary>Places of published rounds' trees that were filled without starting a worker.</summary>
    public required int WorkerReuses { get; init; }
}
