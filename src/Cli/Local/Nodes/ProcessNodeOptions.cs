namespace Hearth.Cli.Local.Nodes;

/// <summary>Options of a <see cref="ProcessNode"/>.</summary>
internal sealed record ProcessNodeOptions
{
    /// <summary>Name of the node.</summary>
    public required string Name { get; init; }

    /// <summary>CPU the node offers, as a quantity. Process nodes do not enforce it: it bounds what is scheduled. Defaults to 64.</summary>
    public string Cpu { get; init; } = "64";

    /// <summary>Memory the node offers, as a quantity, not enforced either. Defaults to 256Gi.</summary>
    public string Memory { get; init; } = "256Gi";

    /// <summary>Devices the node claims to have, as <c>nvidia.com/gpu</c>. Defaults to 0.</summary>
    public int Gpus { get; init; }

    /// <summary>Further labels of the node.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Folders of this machine that stand for PersistentVolumeClaims, by their names, in every namespace.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();

    /// <summary>Bearer token that readers of logs must show; null lets everybody read. Defaults to null.</summary>
    public string? LogToken { get; init; }

    /// <summary>Command that stands for the image <c>hearth</c>. Defaults to this program.</summary>
    public IReadOnlyList<string> Hearth { get; init; } = HearthExecutable.Command;

    /// <summary>Directory for everything the node keeps; removed when the node ends. Defaults to a new one below the system's temporary directory.</summary>
    public string Directory { get; init; } = Path.Combine(Path.GetTempPath(), $"hearth-{Guid.NewGuid():N}");

    /// <summary>Time that processes have to end when the node does. Defaults to 3 seconds.</summary>
    public TimeSpan ShutdownGrace { get; init; } = TimeSpan.FromSeconds(3);
}
