using System.Globalization;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hearth.Cli.Demos;

/// <summary>Nodes, pools, pods and what runs on them, as tables.</summary>
internal sealed class ClusterView(IKubernetesClient client)
{
    /// <summary>The cluster as it is now. Kinds of which there are none are left out.</summary>
    public async Task<IRenderable> RenderAsync(CancellationToken cancel)
    {
        var nodes = await ListAsync<V1Node>(cancel);
        var pods = await ListAsync<V1Pod>(cancel);
        var tables = new List<Table?>
        {
            Table(["node", "ready", "address", "pods"], nodes.Select(n => (string[])
            [
                n.Name(), IsTrue(n.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status),
                n.Status?.Addresses is [var address, ..] ? address.Address : "", $"{pods.Count(p => p.Spec.NodeName == n.Name())}",
            ])),
            Table(["pool", "warm", "idle", "starting", "claimed", "assigned"], (await ListAsync<WorkerPool>(cancel)).Select(p => (string[])
            [
                p.Name(), $"{p.Spec.Warm.Min}", $"{p.Status?.Idle}", $"{p.Status?.Starting}", $"{p.Status?.Claimed}", $"{p.Status?.Assigned}",
            ])),
            Table(["function", "ready", "reason", "workers"], (await ListAsync<InferenceFunction>(cancel)).Select(f => (string[])
            [
                f.Name(), IsTrue(Find(f.Status?.Conditions, InferenceFunctionConditions.Ready)?.Status),
                Find(f.Status?.Conditions, InferenceFunctionConditions.Ready)?.Reason ?? "", $"{f.Status?.Replicas.Ready}",
            ])),
            Table(["training job", "reason", "step", "loss", "workers", "restarts"], (await ListAsync<TrainingJob>(cancel)).Select(j => (string[])
            [
                j.Name(), Find(j.Status?.Conditions, TrainingJobConditions.Succeeded)?.Reason ?? "", $"{j.Status?.Step} of {j.Status?.TotalSteps}",
                Number(j.Status?.Loss), $"{j.Status?.Workers.Ready} of {j.Status?.Workers.Total}", $"{j.Status?.Restarts}",
            ])),
            Table(["federation", "reason", "round", "phase", "clients", "aggregators", "received", "folded", "rejected"], (await ListAsync<FederatedAggregation>(cancel)).Select(f => (string[])
            [
                f.Name(), Find(f.Status?.Conditions, FederatedAggregationConditions.Succeeded)?.Reason ?? "", $"{f.Status?.Round} of {f.Spec.Rounds}",
                $"{f.Status?.Phase}", $"{f.Status?.Clients}", $"{f.Status?.Tree?.Aggregators}", $"{f.Status?.Updates.Received}", $"{f.Status?.Updates.Folded}", $"{f.Status?.Updates.Rejected}",
            ])),
            Table(["pod", "node", "address", "state", "owner", "ready", "restarts"], pods.Select(p => (string[])
            [
                p.Name(), p.Spec.NodeName ?? "", p.Status?.PodIP ?? "", p.GetLabel(HearthLabels.WorkerState) ?? "",
                HearthLabels.Owners.Select(owner => p.GetLabel(owner)).FirstOrDefault(name => name is not null) ?? "",
                IsTrue(p.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status), $"{p.Status?.ContainerStatuses?.Sum(c => c.RestartCount)}",
            ])),
        };
        return new Rows(tables.OfType<Table>());
    }

    private async Task<IReadOnlyList<T>> ListAsync<T>(CancellationToken cancel)
        where T : class, IResource<T> => (await client.ListAsync<T>(null, cancel: cancel)).Items;

    private static V1Condition? Find(IReadOnlyList<V1Condition>? conditions, string type) => conditions?.FirstOrDefault(c => c.Type == type);

    private static string IsTrue(string? status) => status == ConditionStatus.True ? "yes" : "no";

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A table in the order of its first column; null without rows.</summary>
    private static Table? Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(columns);
        foreach (var row in rows.OrderBy(r => r[0], StringComparer.Ordinal))
            table.AddRow([.. row.Select(Markup.Escape)]);
        return table.Rows.Count > 0 ? table : null;
    }
}
