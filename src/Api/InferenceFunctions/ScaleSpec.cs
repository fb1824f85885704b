using Hearth.Api.Schema;

namespace Hearth.Api.InferenceFunctions;

/// <summary>How many workers serve a function.</summary>
[ValidationRule("self.max >= self.min", Message = MaxBelowMin, FieldPath = ".max")]
public sealed record ScaleSpec
{
    internal const string MaxBelowMin = "must not be below min";

    /// <summary>Workers that always serve. 0 lets the function scale to zero.</summary>
    [Range(0, 1000)]
    public int Min { get; set; }

    /// <summary>Workers that serve at most. To stop a function use suspend.</summary>
    [Range(1, 1000)]
    public int Max { get; set; } = 10;

    /// <summary>Requests in flight per worker that scaling aims at. Empty means 70 % of concurrency, or 70 without a limit.</summary>
    [Range(1, 1000)]
    public int? TargetConcurrency { get; set; }

    /// <summary>How long an unused worker stays.</summary>
    public KeepAliveSpec KeepAlive { get; set; } = new();

    /// <summary>Times at which workers are kept ready in advance.</summary>
    [Items(16)]
    public IReadOnlyList<PreWarmWindow>? PreWarm { get; set; }
}
