using Hearth.Policies.Pods;

namespace Hearth.Operator;

/// <summary>Options of the operator.</summary>
public sealed record OperatorOptions
{
    /// <summary>Where health and metrics are served; port 0 takes a free one. Defaults to <c>http://*:8081</c>.</summary>
    public string OperationsListen { get; init; } = "http://*:8081";

    /// <summary>Identity of this process among its replicas, in the lease and on what it claims. Defaults to the machine's name and a process id.</summary>
    public string Identity { get; init; } = $"hearth-operator-{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Namespace of the leader-election lease; null runs without election. Defaults to null.</summary>
    public string? LeaseNamespace { get; init; }

    /// <summary>Namespace in which gateways renew their leases. Defaults to <c>hearth-system</c>.</summary>
    public string GatewayLeaseNamespace { get; init; } = "hearth-system";

    /// <summary>What the administrator decides about worker pods.</summary>
    public WorkerPodOptions WorkerPods { get; init; } = new();

    /// <summary>Time between two readings of the gateways' load. Defaults to 2 seconds.</summary>
    public TimeSpan ScaleTick { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Refuses what cannot work.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message says which and why.</exception>
    public void Validate()
    {
        if (!Uri.TryCreate(OperationsListen.Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp)
            throw new ArgumentException($"{nameof(OperationsListen)} \"{OperationsListen}\" is no address to listen on: expected http://<address or *>:<port>.");
        if (ScaleTick <= TimeSpan.Zero || ScaleTick > TimeSpan.FromSeconds(30))
            throw new ArgumentException($"{nameof(ScaleTick)} is {ScaleTick}, expected more than 0 and at most 30 seconds.");
        if (Identity.Length == 0)
            throw new ArgumentException($"{nameof(Identity)} is empty, expected a name that no other replica has.");
    }
}
