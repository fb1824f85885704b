using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Models;
using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>The rules of a FederatedAggregation that its schema alone does not express; the same verdicts as the CEL rules.</summary>
public static class FederatedAggregationValidation
{
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Every fault of <paramref name="federation"/>, none when it is valid.</summary>
    public static IEnumerable<FieldError> Validate(FederatedAggregation federation)
    {
        var spec = federation.Spec;
        if ((spec.Model is null) == (spec.Architecture is null))
            yield return new("spec", FederatedAggregationSpec.ModelOrArchitecture);
        if (spec.Model is { Format: not ModelFormat.Hearth })
            yield return new("spec.model", FederatedAggregationSpec.ModelFormatNotHearth);
        if (spec.Architecture is { InputShape: null } or { Classes: null })
            yield return new("spec.architecture", FederatedAggregationSpec.ArchitectureOpen);
        foreach (var fault in spec.Architecture?.Validate("spec.architecture") ?? [])
            yield return fault;
        if (spec.Clients.MaxPerRound < spec.Clients.MinPerRound)
            yield return new("spec.clients.maxPerRound", ClientsSpec.MaxBelowMin);
        if (spec.Clients.RoundTimeout < ShortestTimeout)
            yield return new("spec.clients.roundTimeout", ClientsSpec.TimeoutTooShort);
        if (!(spec.Clients.LocalWork.LearningRate > 0))
            yield return new("spec.clients.localWork.learningRate", LocalWorkSpec.RateNotPositive);
        if (spec.Hierarchy.NodeCapacity < spec.Hierarchy.MaxFanIn)
            yield return new("spec.hierarchy.nodeCapacity", HierarchySpec.CapacityBelowFanIn);
        if (spec is { Hierarchy.Levels: HierarchyLevels.Two, MaxAggregators: < 2 })
            yield return new("spec.maxAggregators", FederatedAggregationSpec.TooFewForTwo);
        if (spec is { Hierarchy.Levels: HierarchyLevels.Three, MaxAggregators: < 3 })
            yield return new("spec.maxAggregators", FederatedAggregationSpec.TooFewForThree);
        if (spec.Strategy is { Name: FederationStrategy.FedAvg, Parameters.Count: > 0 })
            yield return new("spec.strategy.parameters", StrategySpec.FedAvgHasNone);
    }

    /// <summary>Every fault of changing <paramref name="before"/> into <paramref name="after"/>, beside those of <see cref="Validate"/>.</summary>
    public static IEnumerable<FieldError> ValidateChange(FederatedAggregation before, FederatedAggregation after)
    {
        if (before.Spec.Model != after.Spec.Model)
            yield return new("spec.model", FederatedAggregationSpec.Immutable);
        if (!JsonNode.DeepEquals(Json(before.Spec.Architecture), Json(after.Spec.Architecture)))
            yield return new("spec.architecture", FederatedAggregationSpec.Immutable);
        if (before.Spec.Output != after.Spec.Output)
            yield return new("spec.output", FederatedAggregationSpec.Immutable);
    }

    // The lists in it are compared by what they hold.
    private static JsonNode? Json(ArchitectureSpec? architecture) =>
        JsonSerializer.SerializeToNode(architecture, ApiJsonContext.Default.ArchitectureSpec);
}
