using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The Node and Lease that a process node shows to the cluster. Pure.</summary>
internal static class NodeObject
{
    /// <summary>Namespace of the leases by which nodes say that they live.</summary>
    public const string LeaseNamespace = "kube-node-lease";

    /// <summary>A node renews its lease every quarter of this time, as kubelets do.</summary>
    public const int LeaseSeconds = 40;

    private const string GpuResource = "nvidia.com/gpu";

    /// <summary>The node without its status.</summary>
    public static JsonObject Make(ProcessNodeOptions options, LoopbackRange range)
    {
        var labels = new JsonObject
        {
            ["kubernetes.io/hostname"] = options.Name,
            ["kubernetes.io/arch"] = Architecture,
            ["kubernetes.io/os"] = "linux",
        };
        if (options.Gpus > 0)
            labels[$"{GpuResource}.present"] = "true";
        foreach (var (key, value) in options.Labels)
            labels[key] = value;
        return Object(
            V1Node.Definition, new JsonObject { ["name"] = options.Name, ["labels"] = labels }, "spec", new JsonObject { ["podCIDR"] = range.ToString() });
    }

    /// <summary>The node's status; <paramref name="ready"/> is false once the node goes.</summary>
    public static JsonObject MakeStatus(ProcessNodeOptions options, IPAddress address, bool ready, DateTimeOffset now)
    {
        var capacity = new Dictionary<string, string>
        {
            ["cpu"] = options.Cpu,
            ["memory"] = options.Memory,
            ["pods"] = PodAddresses.Capacity.ToString(CultureInfo.InvariantCulture),
        };
        if (options.Gpus > 0)
            capacity[GpuResource] = options.Gpus.ToString(CultureInfo.InvariantCulture);
        var status = new V1NodeStatus
        {
            Capacity = capacity,
            Allocatable = capacity,
            Addresses = [new() { Type = "InternalIP", Address = address.ToString() }, new() { Type = "Hostname", Address = options.Name }],
            DaemonEndpoints = new() { KubeletEndpoint = new() { Port = KubeletEndpoint.Port } },
            NodeInfo = new()
            {
                Architecture = Architecture,
                OperatingSystem = "linux",
                OsImage = RuntimeInformation.OSDescription,
                KernelVersion = Environment.OSVersion.Version.ToString(),
                ContainerRuntimeVersion = "process://1",
                KubeletVersion = $"hearth-{typeof(NodeObject).Assembly.GetName().Version?.ToString(3)}",
            },
            Conditions =
            [
                new()
                {
                    Type = "Ready",
                    Status = ready ? ConditionStatus.True : ConditionStatus.False,
                    Reason = ready ? "KubeletReady" : "KubeletNotReady",
                    Message = ready ? "the process node is posting ready status" : "the process node has shut down",
                    LastHeartbeatTime = now,
                    LastTransitionTime = now,
                },
            ],
        };
        var content = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1NodeStatus)!;
        return Object(V1Node.Definition, new JsonObject { ["name"] = options.Name }, "status", content);
    }

    /// <summary>The lease by which the node says that it lives.</summary>
    public static JsonObject MakeLease(string name, DateTimeOffset now)
    {
        var spec = new V1LeaseSpec { HolderIdentity = name, LeaseDurationSeconds = LeaseSeconds, RenewTime = now };
        return Object(
            V1Lease.Definition, new JsonObject { ["name"] = name, ["namespace"] = LeaseNamespace }, "spec",
            JsonSerializer.SerializeToNode(spec, ApiJsonContext.Default.V1LeaseSpec)!);
    }

    private static string Architecture => RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static JsonObject Object(ResourceDefinition kind, JsonObject metadata, string part, JsonNode content) => new()
    {
        ["apiVersion"] = kind.ApiVersion,
        ["kind"] = kind.Kind,
        ["metadata"] = metadata,
        [part] = content,
    };
}
