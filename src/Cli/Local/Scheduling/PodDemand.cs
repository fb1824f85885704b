using Hearth.Api;
using Hearth.Api.Core;

namespace Hearth.Cli.Local.Scheduling;

/// <summary>What a pod asks of a node, by resource name; it also counts as one of <c>pods</c>. Pure.</summary>
internal static class PodDemand
{
    private const string Pods = "pods";

    /// <summary>The sum over the pod's containers.</summary>
    public static Dictionary<string, double> Of(V1Pod pod)
    {
        var demand = new Dictionary<string, double> { [Pods] = 1 };
        foreach (var (resource, quantity) in pod.Spec.Containers.SelectMany(Requests))
            demand[resource] = demand.GetValueOrDefault(resource) + Quantity.Parse(quantity);
        return demand;
    }

    // A limit without a request is the request too, as the API server defaults it.
    private static IEnumerable<KeyValuePair<string, string>> Requests(V1Container container)
    {
        var requests = container.Resources?.Requests ?? new Dictionary<string, string>();
        var limits = container.Resources?.Limits ?? new Dictionary<string, string>();
        return requests.Concat(limits.Where(l => !requests.ContainsKey(l.Key)));
    }
}
