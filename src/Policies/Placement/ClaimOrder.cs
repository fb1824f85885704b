using Hearth.Api.Core;

namespace Hearth.Policies.Placement;

/// <summary>The order in which idle workers are claimed. Pure: the same input and seed give the same order.</summary>
public static class ClaimOrder
{
    /// <summary>
    /// Workers of the node with most idle workers first, so that claims leave every node something warm. Workers that are equal are ordered by
    /// chance, so that gateways that claim at the same moment rarely want the same one.
    /// </summary>
    public static IReadOnlyList<V1Pod> Rank(IEnumerable<V1Pod> idle, Random random)
    {
        var workers = idle.ToArray();
        random.Shuffle(workers);
        return
        [
            .. workers
                .GroupBy(pod => pod.Spec.NodeName ?? "")
                .OrderByDescending(node => node.Count())
                .SelectMany(node => node),
        ];
    }
}
