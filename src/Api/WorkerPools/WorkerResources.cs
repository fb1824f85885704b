using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>What one worker may use; requests equal limits.</summary>
public sealed record WorkerResources
{
    /// <summary>CPU as a Kubernetes quantity.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string Cpu { get; set; } = "1";

    /// <summary>Memory as a Kubernetes quantity.</summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string Memory { get; set; } = "1Gi";

    /// <summary>Number of GPUs.</summary>
    [Range(0, 64)]
    public int Gpu { get; set; }

    /// <summary>GPU product as the node label <c>nvidia.com/gpu.product</c> names it. Empty means any.</summary>
    [Length(0, 63)]
    public string? GpuProduct { get; set; }

    /// <summary>Extended resource by which nodes offer GPUs.</summary>
    [Length(0, 253)]
    public string GpuResourceName { get; set; } = "nvidia.com/gpu";
}
