namespace Hearth.Cli.Local.Nodes;

/// <summary>Where a node keeps what it must keep; all of it is gone when the node is.</summary>
internal sealed class NodeDirectories(string root)
{
    private const string Memory = "/dev/shm/";

    // Of a guid's length a quarter: sockets are made below it, and their paths are short.
    private const int MemoryNameLength = 15;

    /// <summary>Directory of the node.</summary>
    public string Root { get; } = root;

    /// <summary>Directory of the node in memory; made when a pod asks for a path there.</summary>
    public string InMemory { get; } = Memory + (Path.GetFileName(root) is { Length: > MemoryNameLength } name ? name[..MemoryNameLength] : Path.GetFileName(root));

    /// <summary>Directory of a pod.</summary>
    public string Pod(string uid) => Path.Combine(Root, "pods", uid);

    /// <summary>Directory of an emptyDir or Secret volume.</summary>
    public string Volume(string uid, string volume) => Path.Combine(Pod(uid), "volumes", volume);

    /// <summary>Log of one run of a container; runs are counted from 0.</summary>
    public string Log(string uid, string container, int run) => Path.Combine(Pod(uid), "logs", $"{container}-{run}.log");

    /// <summary>What a path of the node's own is on this machine.</summary>
    public string HostPath(string path) => path.StartsWith(Memory, StringComparison.Ordinal) && Directory.Exists(Memory)
        ? Path.Combine(InMemory, path[Memory.Length..].Trim('/'))
        : Path.Combine(Root, "host", path.TrimStart('/'));
}
