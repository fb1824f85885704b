using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Policies.Pods;

namespace Hearth.Cli.Local.Scheduling;

/// <summary>
/// Chooses a node for a pod as kube-scheduler would with its node selector, resource and least-allocated plugins: among the nodes that are ready,
/// match and have room, one that the pod prefers by name, else the one that is left with the largest mean share of CPU and memory. Pure.
/// </summary>
internal static class SchedulingPlanner
{
    // kube-scheduler weighs node affinity twice as much as what is left.
    private const double PreferenceWeight = 2;

    private static readonly string[] Scored = ["cpu", "memory"];

    /// <summary>Decides for <paramref name="pod"/>; <paramref name="bound"/> are the pods that have a node and have not ended.</summary>
    public static SchedulingDecision Decide(V1Pod pod, IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Pod> bound)
    {
        if (nodes.Count == 0)
            return new(null, "no nodes available to schedule pods");
        var demand = PodDemand.Of(pod);
        var preferred = NodePreference.Read(pod);
        var reasons = new SortedDictionary<string, int>(StringComparer.Ordinal);
        (string? Node, double Score) best = (null, double.NegativeInfinity);
        foreach (var node in nodes.OrderBy(n => n.Name(), StringComparer.Ordinal))
        {
            var free = Free(node, bound);
            if (Refusal(pod, node, demand, free) is { } reason)
                reasons[reason] = reasons.GetValueOrDefault(reason) + 1;
            else if (Score(node, demand, free) + (preferred.Contains(node.Name()) ? PreferenceWeight : 0) is var score && score > best.Score)
                best = (node.Name(), score);
        }
        return best.Node is not null
            ? new(best.Node, null)
            : new(null, $"0/{nodes.Count} nodes are available: {string.Join(", ", reasons.Select(r => $"{r.Value} {r.Key}"))}.");
    }

    private static string? Refusal(V1Pod pod, V1Node node, Dictionary<string, double> demand, Dictionary<string, double> free)
    {
        if (node.Spec.Unschedulable == true)
            return "node(s) were unschedulable";
        if (node.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: ConditionStatus.True }) != true)
            return "node(s) were not ready";
        if (pod.Spec.NodeSelector?.All(s => node.GetLabel(s.Key) == s.Value) == false)
            return "node(s) didn't match Pod's node affinity/selector";
        var scarce = demand.Keys.Order(StringComparer.Ordinal).FirstOrDefault(r => demand[r] > 0 && demand[r] > free.GetValueOrDefault(r));
        return scarce switch
        {
            null => null,
            "pods" => "Too many pods",
            _ => $"Insufficient {scarce}",
        };
    }

    private static Dictionary<string, double> Free(V1Node node, IReadOnlyList<V1Pod> bound)
    {
        var free = Allocatable(node).ToDictionary(r => r.Key, r => Quantity.Parse(r.Value));
        foreach (var pod in bound.Where(p => p.Spec.NodeName == node.Name()))
        {
            foreach (var (resource, amount) in PodDemand.Of(pod))
                free[resource] = free.GetValueOrDefault(resource) - amount;
        }
        return free;
    }

    private static double Score(V1Node node, Dictionary<string, double> demand, Dictionary<string, double> free) =>
        Scored.Average(resource =>
        {
            var all = Allocatable(node).TryGetValue(resource, out var quantity) ? Quantity.Parse(quantity) : 0;
            return all > 0 ? (free.GetValueOrDefault(resource) - demand.GetValueOrDefault(resource)) / all : 0;
        });

    private static IReadOnlyDictionary<string, string> Allocatable(V1Node node) =>
        node.Status?.Allocatable ?? node.Status?.Capacity ?? new Dictionary<string, string>();
}
