namespace Hearth.Cli.Local.Nodes;

/// <summary>Where a node keeps what it must keep; all of it is gone when the node is.</summary>
internal sealed class NodeDirectories(string root)
{
    /// <summary>Directory of the node.</summary>
    public string Root { get; } = root;

    /// <summary>Directory of a pod.</summary>
    public string Pod(string uid) => Path.Combine(Root, "pods", uid);

    /// <summary>Directory of an emptyDir or Secret volume.</summary>
    public string Volume(string uid, string volume) => Path.Combine(Pod(uid), "volumes", volume);

    /// <summary>Log of one run of a container; runs are counted from 0.</summary>
    public string Log(string uid, string container, int run) => Path.Combine(Pod(uid), "logs", $"{container}-{run}.log");

    /// <summary>What a path of the node's own is on this machine.</summary>
    public string HostPath(string path) => Path.Combine(Root, "host", path.TrimStart('/'));
}
