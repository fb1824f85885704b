namespace Hearth.Api;

/// <summary>Labels on objects that Hearth makes.</summary>
public static class HearthLabels
{
    /// <summary>On worker pods: name of the WorkerPool they come from. Set when the pod is made; never changes.</summary>
    public const string Pool = "hearth.dev/pool";

    /// <summary>On worker pods: a value of <see cref="WorkerState"/>. Changed only by claim, assign, drain and release.</summary>
    public const string WorkerState = "hearth.dev/worker-state";

    /// <summary>On worker pods: name of the InferenceFunction that owns the worker. Set by the claim, removed by the release.</summary>
    public const string Function = "hearth.dev/function";

    /// <summary>On worker pods: name of the TrainingJob that owns the worker. Set by the claim, removed by the release.</summary>
    public const string TrainingJob = "hearth.dev/training-job";

    /// <summary>On worker pods: name of the FederatedAggregation that owns the worker. Set by the claim, removed by the release.</summary>
    public const string Federation = "hearth.dev/federation";

    /// <summary>On leases: the part that renews them, for example <c>gateway</c>.</summary>
    public const string Component = "hearth.dev/component";

    /// <summary>The labels above that name an owner, one for each kind that takes workers. A claimed pod has one of them, an idle pod none.</summary>
    public static IReadOnlyList<string> Owners { get; } = [Function, TrainingJob, Federation];
}
