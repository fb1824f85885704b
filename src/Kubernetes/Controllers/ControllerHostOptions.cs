namespace Hearth.Kubernetes.Controllers;

/// <summary>Options of a <see cref="ControllerHost"/>.</summary>
public sealed record ControllerHostOptions
{
    /// <summary>Name of the program in events and leases. Defaults to <c>hearth-operator</c>.</summary>
    public string Name { get; init; } = "hearth-operator";

    /// <summary>Identity of this process among its replicas. Defaults to the machine's name and a process id.</summary>
    public string Identity { get; init; } = $"{Environment.MachineName}-{Environment.ProcessId}";

    /// <summary>Namespace to watch; null for all. Defaults to null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Namespace of the leader-election lease; null runs without election. Defaults to null.</summary>
    public string? LeaseNamespace { get; init; }

    /// <summary>Objects reconciled at a time per controller. Defaults to 4.</summary>
    public int MaxConcurrentReconciles { get; init; } = 4;

    /// <summary>Every object is reconciled again after this time. Defaults to 10 minutes.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromMinutes(10);
}
