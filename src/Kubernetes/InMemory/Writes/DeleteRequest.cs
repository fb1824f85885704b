using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.InMemory.Writes;

/// <summary>Which object is deleted, and how.</summary>
internal sealed record DeleteRequest(ResourceKind Kind, string Namespace, string Name)
{
    public const string Foreground = "Foreground";
    public const string Orphan = "Orphan";
    public const string Background = "Background";

    /// <summary>Seconds a pod has to end; null for the pod's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary><see cref="Background"/> (also when null), <see cref="Foreground"/> or <see cref="Orphan"/>.</summary>
    public string? Propagation { get; init; }

    /// <summary>Only the object with this uid.</summary>
    public string? Uid { get; init; }

    /// <summary>Only this version of the object.</summary>
    public string? ResourceVersion { get; init; }

    public bool DryRun { get; init; }
}
