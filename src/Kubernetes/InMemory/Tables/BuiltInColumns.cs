using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Tables;

/// <summary>Columns of the built-in kinds, as kubectl's users know them.</summary>
internal static class BuiltInColumns
{
    public static readonly TableColumn Age = new("Age", "string", (e, now) => Ages.Since(e.Metadata().Text("creationTimestamp"), now));

    public static readonly IReadOnlyList<TableColumn> Namespace =
    [
        new("Status", "string", (e, _) => e.AtPath("status.phase")),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> Pod =
    [
        new("Ready", "string", (e, _) => PodColumns.Ready(e)),
        new("Status", "string", (e, _) => PodColumns.Status(e)),
        new("Restarts", "string", (e, _) => PodColumns.Restarts(e)),
        Age,
        new("IP", "string", (e, _) => e.AtPath("status.podIP"), 1),
        new("Node", "string", (e, _) => e.AtPath("spec.nodeName"), 1),
        new("Nominated Node", "string", (e, _) => e.AtPath("status.nominatedNodeName"), 1),
        new("Readiness Gates", "string", (_, _) => null, 1),
    ];

    public static readonly IReadOnlyList<TableColumn> Node =
    [
        new("Status", "string", (e, _) => NodeStatus(e)),
        new("Roles", "string", (e, _) => NodeRoles(e)),
        Age,
        new("Version", "string", (e, _) => e.AtPath("status.nodeInfo.kubeletVersion")),
        new("Internal-IP", "string", (e, _) => NodeAddress(e, "InternalIP"), 1),
        new("External-IP", "string", (e, _) => NodeAddress(e, "ExternalIP"), 1),
        new("OS-Image", "string", (e, _) => e.AtPath("status.nodeInfo.osImage"), 1),
        new("Kernel-Version", "string", (e, _) => e.AtPath("status.nodeInfo.kernelVersion"), 1),
        new("Container-Runtime", "string", (e, _) => e.AtPath("status.nodeInfo.containerRuntimeVersion"), 1),
    ];

    public static readonly IReadOnlyList<TableColumn> Service =
    [
        new("Type", "string", (e, _) => e.AtPath("spec.type")),
        new("Cluster-IP", "string", (e, _) => e.AtPath("spec.clusterIP")),
        new("External-IP", "string", (e, _) => e.AtPath("spec.externalName")),
        new("Port(s)", "string", (e, _) => ServicePorts(e)),
        Age,
        new("Selector", "string", (e, _) => Pairs(e.AtPath("spec.selector")), 1),
    ];

    public static readonly IReadOnlyList<TableColumn> Secret =
    [
        new("Type", "string", (e, _) => e["type"]),
        new("Data", "integer", (e, _) => Count(e["data"])),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> ConfigMap =
    [
        new("Data", "integer", (e, _) => Count(e["data"]) + Count(e["binaryData"])),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> ServiceAccount =
    [
        new("Secrets", "integer", (e, _) => Count(e["secrets"])),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> Event =
    [
        new("Last Seen", "string", (e, now) => Ages.Since(LastSeen(e), now)),
        new("Type", "string", (e, _) => e["type"]),
        new("Reason", "string", (e, _) => e["reason"]),
        new("Object", "string", (e, _) => InvolvedObject(e["involvedObject"])),
        new("Subobject", "string", (e, _) => e.AtPath("involvedObject.fieldPath"), 1),
        new("Source", "string", (e, _) => e.AtPath("source.component") ?? e["reportingComponent"], 1),
        new("Message", "string", (e, _) => e["message"].Text()?.Trim()),
        new("First Seen", "string", (e, now) => Ages.Since(e.Text("firstTimestamp") ?? LastSeen(e), now), 1),
        new("Count", "string", (e, _) => e.Integer("count") ?? 1, 1),
        new("Name", "string", (e, _) => e.Name(), 1),
    ];

    public static readonly IReadOnlyList<TableColumn> Lease =
    [
        new("Holder", "string", (e, _) => e.AtPath("spec.holderIdentity")),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> ControllerRevision =
    [
        new("Controller", "string", (e, _) => ControllerName(e)),
        new("Revision", "string", (e, _) => e["revision"]),
        Age,
    ];

    public static readonly IReadOnlyList<TableColumn> CustomResourceDefinition =
    [
        new("Created At", "string", (e, _) => e.Metadata()["creationTimestamp"]),
    ];

    /// <summary>Kind, group and name, as in <c>statefulset.apps/web</c>.</summary>
    private static string ControllerName(JsonObject e)
    {
        if (e.Metadata()["ownerReferences"].Objects().FirstOrDefault(o => o["controller"].IsTrue()) is not { } owner)
            return "<none>";
        var version = owner.Text("apiVersion") ?? "";
        var group = version.Contains('/', StringComparison.Ordinal) ? "." + version[..version.IndexOf('/', StringComparison.Ordinal)] : "";
        return $"{owner.Text("kind")}{group}/{owner.Text("name")}".ToLowerInvariant();
    }

    private static string InvolvedObject(JsonNode? reference) => $"{reference.Text("kind")?.ToLowerInvariant()}/{reference.Text("name")}";

    private static string? LastSeen(JsonObject e) =>
        e.Text("lastTimestamp") ?? e["series"].Text("lastObservedTime") ?? e.Text("eventTime") ?? e.Metadata().Text("creationTimestamp");

    private static string NodeStatus(JsonObject node)
    {
        var ready = node.AtPath("status.conditions").Objects().FirstOrDefault(c => c.Text("type") == "Ready")?.Text("status");
        var status = ready switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.AtPath("spec.unschedulable").IsTrue() ? $"{status},SchedulingDisabled" : status;
    }

    private static string NodeRoles(JsonObject node)
    {
        const string Prefix = "node-role.kubernetes.io/";
        var labels = node.Metadata()["labels"] as JsonObject ?? [];
        var roles = labels.Select(l => l.Key).Where(k => k.StartsWith(Prefix, StringComparison.Ordinal)).Select(k => k[Prefix.Length..]);
        return string.Join(",", roles.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? list : "<none>";
    }

    private static string NodeAddress(JsonObject node, string type) =>
        node.AtPath("status.addresses").Objects().FirstOrDefault(a => a.Text("type") == type)?.Text("address") ?? "<none>";

    private static string ServicePorts(JsonObject service)
    {
        var ports = service.AtPath("spec.ports").Objects().Select(p =>
            string.Create(CultureInfo.InvariantCulture, $"{p.Integer("port")}/{p.Text("protocol") ?? "TCP"}")).ToList();
        return ports.Count > 0 ? string.Join(",", ports) : "<none>";
    }

    private static string Pairs(JsonNode? map) =>
        map is JsonObject { Count: > 0 } pairs ? string.Join(",", pairs.Select(p => $"{p.Key}={p.Value.Text()}")) : "<none>";

    private static int Count(JsonNode? collection) => collection switch
    {
        JsonObject map => map.Count,
        JsonArray array => array.Count,
        _ => 0,
    };
}
