namespace Hearth.Kubernetes.Client;

/// <summary>How an object is deleted.</summary>
public sealed record DeleteOptions
{
    /// <summary><c>Background</c>, <c>Foreground</c> or <c>Orphan</c>. Defaults to the server's choice.</summary>
    public string? PropagationPolicy { get; init; }

    /// <summary>Seconds a pod has to end. Defaults to the pod's own.</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Deletes only the object with this uid (409 otherwise).</summary>
    public string? Uid { get; init; }

    /// <summary>Deletes only this version of the object (409 otherwise).</summary>
    public string? ResourceVersion { get; init; }
}
