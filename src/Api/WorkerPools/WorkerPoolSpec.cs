using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Desired state of a WorkerPool.</summary>
public sealed record WorkerPoolSpec
{
    /// <summary>What each worker may use.</summary>
    public WorkerResources Resources { get; set; } = new();

    /// <summary>Image of the worker. Empty means the image of the operator.</summary>
    [Length(0, 512)]
    public string? Image { get; set; }

    /// <summary>How many idle workers are kept ready.</summary>
    public WarmSpec Warm { get; set; } = new();

    /// <summary>Whether a worker returns to the pool after its work.</summary>
    public ReusePolicy Reuse { get; set; } = ReusePolicy.WhenSafe;

    /// <summary>Memory shared by the workers of a node.</summary>
    public NodeShareSpec NodeShare { get; set; } = new();

    /// <summary>Cache of model artifacts on each node.</summary>
    public ArtifactCacheSpec ArtifactCache { get; set; } = new();

    /// <summary>Models that a worker keeps loaded between functions. Only those whose sha256 is declared.</summary>
    public ResidentModelsSpec ResidentModels { get; set; } = new();

    /// <summary>Where the workers run and what else their pods carry.</summary>
    public WorkerTemplate Template { get; set; } = new();
}
