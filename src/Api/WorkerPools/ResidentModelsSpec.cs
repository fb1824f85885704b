using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>Models that stay loaded in a worker when their function no longer needs it.</summary>
public sealed record ResidentModelsSpec
{
    /// <summary>
    /// Memory of each worker that they may take as a Kubernetes quantity; the least recently used go first. 0 keeps none. Absent, it is a quarter of
    /// <c>resources.memory</c>.
    /// </summary>
    [Length(0, 32)]
    [Pattern(Quantity.Pattern)]
    public string? SizeLimit { get; set; }
}
