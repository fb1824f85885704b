using Hearth.Api.Schema;

namespace Hearth.Api.WorkerPools;

/// <summary>How many idle workers a pool keeps.</summary>
[ValidationRule("!has(self.max) || self.max >= self.min", Message = MaxBelowMin, FieldPath = ".max")]
public sealed record WarmSpec
{
    internal const string MaxBelowMin = "must not be below min";

    /// <summary>Idle workers that are always kept.</summary>
    [Range(0, 1000)]
    public int Min { get; set; } = 1;

    /// <summary>Idle workers that are kept at most when the policy asks for more than min. Empty means min.</summary>
    [Range(0, 1000)]
    public int? Max { get; set; }

    /// <summary>Fixed keeps min; Predictive forecasts the claims to come and stays between min and max.</summary>
    public WarmPolicy Policy { get; set; } = WarmPolicy.Fixed;
}
