namespace Hearth.Policies.Scaling;

/// <summary>What is known about the load of one function.</summary>
/// <param name="Average">Mean requests in flight over the window, or over what there is of it; null without a sample.</param>
/// <param name="IsWholeWindow">Whether the samples reach back over the whole window.</param>
/// <param name="LastActive">When a request last arrived or ended, by the reader's clock; null when none was seen.</param>
/// <param name="Coverage">Whose traffic the above covers.</param>
/// <param name="Requests">Requests that arrived since the function was first seen; 0 where that is not known.</param>
/// <param name="Recent">Mean requests in flight over the panic window; null without a sample in it.</param>
public readonly record struct ObservedLoad(
    double? Average, bool IsWholeWindow, DateTimeOffset? LastActive, LoadCoverage Coverage, long Requests = 0, double? Recent = null);
