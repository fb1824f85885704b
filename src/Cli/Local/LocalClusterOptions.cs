namespace Hearth.Cli.Local;

/// <summary>Options of a <see cref="LocalCluster"/>.</summary>
internal sealed record LocalClusterOptions
{
    /// <summary>Port of the gateway on 127.0.0.1; 0 takes a free one. Defaults to 3500, Dapr's.</summary>
    public int GatewayPort { get; init; } = 3500;

    /// <summary>Port of the API server on 127.0.0.1; 0 takes a free one. Defaults to 0.</summary>
    public int ApiPort { get; init; }

    /// <summary>Nodes, named <c>node-1</c> and on. Defaults to 2.</summary>
    public int Nodes { get; init; } = 2;

    /// <summary>CPU each node offers, as a quantity; not enforced. Defaults to 64.</summary>
    public string NodeCpu { get; init; } = "64";

    /// <summary>Memory each node offers, as a quantity; not enforced. Defaults to 256Gi.</summary>
    public string NodeMemory { get; init; } = "256Gi";

    /// <summary>GPUs each node claims to have. Defaults to 0.</summary>
    public int NodeGpus { get; init; }

    /// <summary>Idle workers of the WorkerPool <c>default</c> in namespace <c>default</c>; null makes no pool. Defaults to 2.</summary>
    public int? Warm { get; init; } = 2;

    /// <summary>Folders of this machine that stand for PersistentVolumeClaims, by their names. The pool <c>default</c> mounts each at <c>/name</c>.</summary>
    public IReadOnlyDictionary<string, string> Claims { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the kubeconfig is written. Defaults to <c>~/.hearth/kubeconfig</c>.</summary>
    public string Kubeconfig { get; init; } = KubeconfigFile.DefaultPath;

    /// <summary>Parts that run elsewhere, or not at all. Defaults to none.</summary>
    public IReadOnlySet<LocalPart> Without { get; init; } = new HashSet<LocalPart>();
}
