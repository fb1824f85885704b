using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Memory that the workers of a node share.</summary>
public sealed record NodeShareSpec
{
    /// <summary>Whether workers share memory with their neighbours. Needs hostPath volumes.</summary>
    public bool Enabled { get; set; }

    /// <summary>Directory of the node, on a tmpfs. It is made if it is missing, and then root's: workers that run as another user need one that they may write to.</summary>
    [Length(0, 256)]
    public string HostPath { get; set; } = "/dev/shm/hearth";

    /// <summary>Largest size as a Kubernetes quantity.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string SizeLimit { get; set; } = "4Gi";
}
