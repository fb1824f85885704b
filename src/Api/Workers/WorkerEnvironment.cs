namespace Hearth.Api.Workers;

/// <summary>Environment variables of a worker's container.</summary>
public static class WorkerEnvironment
{
    /// <summary>Address to listen on; from <c>status.podIP</c>.</summary>
    public const string PodIP = "HEARTH_POD_IP";

    /// <summary>Bearer token of the control port; from the pool's Secret.</summary>
    public const string Token = "HEARTH_TOKEN";

    /// <summary>Directory of the artifact cache, shared by the workers of a node.</summary>
    public const string CacheDirectory = "HEARTH_CACHE_DIR";

    /// <summary>Largest size of the artifact cache in bytes.</summary>
    public const string CacheBytes = "HEARTH_CACHE_BYTES";

    /// <summary>Memory in bytes that models may take which stay loaded when their assignment ends; 0 for none.</summary>
    public const string ResidentBytes = "HEARTH_RESIDENT_BYTES";

    /// <summary>Directory in memory that the workers of a node share; not set where their pool has no <c>nodeShare</c>.</summary>
    public const string NodeShare = "HEARTH_NODE_SHARE";

    /// <summary>Largest size of that directory in bytes.</summary>
    public const string NodeShareBytes = "HEARTH_NODE_SHARE_BYTES";

    /// <summary>true: an aggregator that is alone folds updates only when a round's end has come. For measurements.</summary>
    public const string FoldLate = "HEARTH_FOLD_LATE";

    /// <summary>What aggregators and trainers work on: Cpu, OpenCl, Cuda, or Auto, the first that can be used of NVIDIA's first GPU, OpenCL's first GPU and
    /// the cores.</summary>
    public const string Accelerator = "HEARTH_ACCELERATOR";

    /// <summary>Where volumes lie that could not be made to appear at their mount paths: lines of <c>mount path:directory</c>. Process nodes set it.</summary>
    public const string Mounts = "HEARTH_MOUNTS";

    /// <summary>PersistentVolumeClaims that the pool mounts: lines of <c>claim:mount path</c>, from the pool's template.</summary>
    public const string Claims = "HEARTH_CLAIMS";

    /// <summary>Port of the role, when it is not the usual one.</summary>
    public const string DataPort = "HEARTH_DATA_PORT";

    /// <summary>Port of the control endpoint, when it is not the usual one.</summary>
    public const string ControlPort = "HEARTH_CONTROL_PORT";
}
