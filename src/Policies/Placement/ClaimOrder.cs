using Hearth.Api.Core;

namespace Hearth.Policies.Placement;

/// <summary>The order in which idle workers are claimed. Pure: the same input and seed give the same order.</summary>
public static class ClaimOrder
{
    /// <summary>
    /// Workers of the node with most idle workers first, so that claims leave every node something warm. Workers that are equal are ordered by
    /// chance, so that gateways that claim at the same moment rarely want the same one.
    /// </summary>
    public static IReadOnlyList<V1Pod> Rank(IEnumerable<V1Pod> idle, Random random) =>
        Rank(idle, static pod => new(pod.Spec.NodeName ?? "", null, false), null, random);

    /// <summary>
    /// A worker that has the model loaded, then one whose node holds the artifact, then one in the caller's zone, then the least added fragmentation, then the least price, then as
    /// <see cref="Rank(IEnumerable{V1Pod}, Random)"/>.
    /// </summary>
    public static IReadOnlyList<T> Rank<T>(IEnumerable<T> idle, Func<T, ClaimCandidate> describe, string? zone, Random random)
    {
        var workers = idle.Select(worker => (Worker: worker, About: describe(worker))).ToArray();
        random.Shuffle(workers);
        var onNode = workers.CountBy(w => w.About.Node).ToDictionary();
        // A stable sort: what is equal stays as it was shuffled, but together by node.
        var firstOfNode = workers.Select((w, i) => (w.About.Node, i)).DistinctBy(w => w.Node).ToDictionary(w => w.Node, w => w.i);
        return
        [
            .. workers
                .OrderByDescending(w => w.About.HasModel)
                .ThenByDescending(w => w.About.HasArtifact)
                .ThenByDescending(w => zone is not null && w.About.Zone == zone)
                .ThenBy(w => w.About.AddedFragmentation)
                .ThenBy(w => w.About.Price)
                .ThenByDescending(w => onNode[w.About.Node])
                .ThenBy(w => firstOfNode[w.About.Node])
                .Select(w => w.Worker),
        ];
    }
}
