using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Policies.Aggregation;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Places in a federation's tree, as the claim wrote them on pods.</summary>
internal static class AggregatorSlots
{
    /// <summary>The place of a worker; a worker without one is a top.</summary>
    public static string Of(V1Pod worker) => worker.GetAnnotation(HearthAnnotations.AggregatorSlot) ?? HierarchyPlanner.Top;

    /// <summary>Whether a worker is a leaf.</summary>
    public static bool IsLeaf(this V1Pod worker) => HierarchyPlanner.NumberOf(Of(worker)) is not null;
}
