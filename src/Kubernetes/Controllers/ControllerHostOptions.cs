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

    /// <summary>A lease that nobody renewed for so long may be taken by another replica. Defaults to 15 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew its lease for so long stops. Defaults to 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between attempts to take or renew the lease. Defaults to 2 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Objects reconciled at a time per controller. Defaults to 4.</summary>
    public int MaxConcurrentReconciles { get; init; } = 4;

    /// <summary>Every object is reconciled again after this time. Defaults to 10 minutes.</summary>
    public TimeSpan ResyncPeriod { get; init; } = TimeSpan.FromMinutes(10);
}
