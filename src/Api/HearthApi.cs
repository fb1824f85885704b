namespace Hearth.Api;

/// <summary>Names that every part of Hearth shares.</summary>
public static class HearthApi
{
    /// <summary>API group of Hearth's kinds.</summary>
    public const string Group = "hearth.dev";

    /// <summary>Served and stored version of Hearth's kinds.</summary>
    public const string Version = "v1alpha1";

    /// <summary>Field manager of everything Hearth applies.</summary>
    public const string FieldManager = "hearth";

    /// <summary>Name of the pool that a function without <c>spec.pool</c> uses.</summary>
    public const string DefaultPool = "default";

    /// <summary>Port on which a worker serves its role.</summary>
    public const int WorkerDataPort = 8080;

    /// <summary>Port on which a worker is controlled and watched; the gateway's and operator's own operations port too.</summary>
    public const int ControlPort = 8081;

    /// <summary>Port on which the ranks of a training meet; PyTorch's usual MASTER_PORT.</summary>
    public const int CollectivePort = 29500;

    /// <summary>Value of <c>spec.managedBy</c> of a TrainingJob that Hearth runs, as one without the field.</summary>
    public const string ManagedByHearth = "hearth.dev/operator";

    /// <summary>Name of the container and pod ports above.</summary>
    public const string DataPortName = "data";

    /// <summary>Name of the control port of a worker container.</summary>
    public const string ControlPortName = "control";
}
