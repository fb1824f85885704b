using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hearth.Cli.Demos.Functions;

/// <summary>Nodes, pools, functions and pods of a cluster as tables.</summary>
internal sealed class ClusterView(IKubernetesClient client)
{
    /// <summary>The cluster as it is now.</summary>
    public async Task<IRenderable> RenderAsync(CancellationToken cancel)
    {
        var nodes = (await client.ListAsync<V1Node>(null, cancel: cancel)).Items;
        var pools = (await client.ListAsync<WorkerPool>(null, cancel: cancel)).Items;
        var functions = (await client.ListAsync<InferenceFunction>(null, cancel: cancel)).Items;
        var pods = (await client.ListAsync<V1Pod>(null, cancel: cancel)).Items;
        return new Rows(
            Table(["node", "ready", "address", "pods"], nodes.Select(n => (string[])
            [
                n.Name(), IsTrue(n.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status),
                n.Status?.Addresses is [var address, ..] ? address.Address : "", $"{pods.Count(p => p.Spec.NodeName == n.Name())}",
            ])),
            Table(["pool", "warm", "idle", "starting", "claimed", "assigned"], pools.Select(p => (string[])
            [
                p.Name(), $"{p.Spec.Warm.Min}", $"{p.Status?.Idle}", $"{p.Status?.Starting}", $"{p.Status?.Claimed}", $"{p.Status?.Assigned}",
            ])),
            Table(["function", "ready", "reason", "workers"], functions.Select(f => (string[])
            [
                f.Name(), IsTrue(Ready(f)?.Status), Ready(f)?.Reason ?? "", $"{f.Status?.Replicas.Ready}",
            ])),
            Table(["pod", "node", "address", "state", "function", "ready"], pods.Select(p => (string[])
            [
                p.Name(), p.Spec.NodeName ?? "", p.Status?.PodIP ?? "", p.GetLabel(HearthLabels.WorkerState) ?? "", p.GetLabel(HearthLabels.Function) ?? "",
                IsTrue(p.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready")?.Status),
            ])));
    }

    private static V1Condition? Ready(InferenceFunction function) =>
        function.Status?.Conditions?.FirstOrDefault(c => c.Type == InferenceFunctionConditions.Ready);

    private static string IsTrue(string? status) => status == ConditionStatus.True ? "yes" : "no";

    private static Table Table(string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns(columns);
        foreach (var row in rows.OrderBy(r => r[0], StringComparer.Ordinal))
            table.AddRow([.. row.Select(Markup.Escape)]);
        return table;
    }
}
