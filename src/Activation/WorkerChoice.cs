using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Informers;
using Hearth.Policies.Placement;
using Hearth.Policies.Pods;

namespace Hearth.Activation;

/// <summary>Which idle worker to claim, and where to make one, from what the workers' pods say of their nodes. Safe for use from many threads.</summary>
public sealed class WorkerChoice
{
    /// <summary>Label of nodes, and since Kubernetes 1.35 of their pods, that names the zone.</summary>
    public const string ZoneLabel = "topology.kubernetes.io/zone";

    private const string ByCache = "told-artifact-cache";

    private readonly IInformer<V1Pod> _pods;
    private readonly string? _zone;
    private readonly Random _random;

    /// <summary>Adds an index to <paramref name="pods"/>, which must not run yet.</summary>
    /// <param name="pods">Pods with the label <see cref="HearthLabels.Pool"/>.</param>
    /// <param name="zone">Zone of those who call the workers; null where it is not known.</param>
    /// <param name="random">Source of the order among equals; used under a lock.</param>
    public WorkerChoice(IInformer<V1Pod> pods, string? zone, Random random)
    {
        (_pods, _zone, _random) = (pods, zone is { Length: > 0 } ? zone : null, random);
        pods.AddIndex(ByCache, static pod => pod.GetAnnotation(HearthAnnotations.Artifacts) is null ? [] : [WorkerPodFactory.CacheOf(pod)]);
    }

    /// <summary>The order in which to claim <paramref name="idle"/> for an owner that loads <paramref name="artifact"/>, see <see cref="ClaimOrder"/>.</summary>
    /// <param name="idle">Claimable workers.</param>
    /// <param name="artifact">An <see cref="ArtifactKey"/>; null where no cache can hold what is loaded.</param>
    /// <param name="model"><see cref="ArtifactKey.OfLoaded"/> of the model; null where no worker can have it loaded.</param>
    public IReadOnlyList<V1Pod> Rank(IEnumerable<V1Pod> idle, string? artifact, string? model = null)
    {
        var holds = new Dictionary<string, bool>();
        lock (_random)
            return ClaimOrder.Rank(idle, Describe, _zone, _random);

        ClaimCandidate Describe(V1Pod pod) => new(
            pod.Spec.NodeName ?? "", _zone is null ? null : pod.GetLabel(ZoneLabel), artifact is not null && Holds(pod),
            HasModel: model is not null && ArtifactReport.HasLoaded(pod.GetAnnotation(HearthAnnotations.Artifacts), model));

        bool Holds(V1Pod pod)
        {
            var cache = WorkerPodFactory.CacheOf(pod);
            if (!holds.TryGetValue(cache, out var held))
                holds[cache] = held = ArtifactReport.Holds(Latest(cache), artifact!);
            return held;
        }
    }

    /// <summary>Nodes whose shared cache holds <paramref name="artifact"/>, in order of their names.</summary>
    public IReadOnlyList<string> NodesWith(string? artifact) => artifact is null ? [] :
    [
        .. _pods.List()
            .Where(pod => pod.GetAnnotation(HearthAnnotations.Artifacts) is not null)
            .GroupBy(WorkerPodFactory.CacheOf)
            .Where(sharing => sharing.Key != sharing.First().Uid() && ArtifactReport.Holds(Latest(sharing), artifact))
            .Select(sharing => sharing.First().Spec.NodeName!)
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Whether a worker has told what the cache of <paramref name="pod"/> holds.</summary>
    public bool IsTold(V1Pod pod) => _pods.ByIndex(ByCache, WorkerPodFactory.CacheOf(pod)).Count > 0;

    private string? Latest(string cache) => Latest(_pods.ByIndex(ByCache, cache));

    private static string? Latest(IEnumerable<V1Pod> sharing) => sharing.Select(pod => pod.GetAnnotation(HearthAnnotations.Artifacts)).MaxBy(ArtifactReport.TimeOf);
}
