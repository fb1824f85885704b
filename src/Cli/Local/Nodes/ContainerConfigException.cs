namespace Hearth.Cli.Local.Nodes;

/// <summary>A container cannot be started as its pod asks; the container waits with the reason until it can.</summary>
internal sealed class ContainerConfigException(string reason, string message) : Exception(message)
{
    /// <summary>A Secret, ConfigMap, key, field or volume is not there.</summary>
    public const string CreateContainerConfigError = nameof(CreateContainerConfigError);

    /// <summary>The image is none that a process node runs.</summary>
    public const string ErrImageNeverPull = nameof(ErrImageNeverPull);

    /// <summary>One word in Pascal case, as a kubelet names it.</summary>
    public string Reason { get; } = reason;
}
