namespace Hearth.Kubernetes.Leases;

/// <summary>Which lease a process leads by, and how fast leadership passes on. The times are client-go's.</summary>
public sealed record LeaderElectorOptions
{
    /// <summary>Namespace of the lease.</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of the lease.</summary>
    public required string Name { get; init; }

    /// <summary>This process among its replicas.</summary>
    public required string Identity { get; init; }

    /// <summary>A lease that nobody renewed for so long may be taken. Defaults to 15 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A leader that could not renew for so long stops leading, before anybody else may start. Defaults to 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between attempts to take or renew the lease. Defaults to 2 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
