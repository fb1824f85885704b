using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Policies.Pods;

namespace Hearth.Operator.Workers;

/// <summary>
/// Learns what the caches of nodes hold that no worker has told about since it was assigned: a node's whose workers are all new. One idle worker for each cache is asked,
/// once, and what it says is written on its pod, for gateways to see; a cache that is empty is not written about.
/// </summary>
internal sealed class ArtifactReports(WorkerActivator activator, WorkerChoice choice, WorkerCache workers, BackgroundWork work)
{
    /// <summary>Asks where that is due.</summary>
    /// <param name="pods">A pool's workers.</param>
    /// <param name="asked">Caches that were asked; kept between calls, and changed here.</param>
    public void Ask(IReadOnlyList<V1Pod> pods, HashSet<string> asked)
    {
        // An emptyDir begins empty, and what is in it later its own worker tells.
        var caches = pods.Select(pod => (Pod: pod, Cache: WorkerPodFactory.CacheOf(pod))).Where(p => p.Cache != p.Pod.Metadata.Uid).ToLookup(p => p.Cache, p => p.Pod);
        asked.IntersectWith(caches.Select(sharing => sharing.Key));
        foreach (var sharing in caches)
        {
            if (sharing.Any(choice.IsTold))
                asked.Remove(sharing.Key);
            else if (sharing.FirstOrDefault(pod => pod.IsClaimable()) is { } idle && asked.Add(sharing.Key))
                work.Start($"Report of cache \"{sharing.Key}\"", cancel => AskAsync(idle, cancel), () => { });
        }
    }

    private async Task<bool> AskAsync(V1Pod idle, CancellationToken cancel)
    {
        if (await activator.GetArtifactsAsync(idle, cancel) is { Keys.Count: > 0 } report)
            workers.Remember(await activator.MarkArtifactsAsync(idle, report, cancel));
        return true;
    }
}
