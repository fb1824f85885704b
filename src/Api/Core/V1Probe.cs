using Hearth.Api.Meta;

namespace Hearth.Api.Core;

/// <summary>A probe of a container.</summary>
public sealed record V1Probe : Extensible
{
    public V1HttpGetAction? HttpGet { get; set; }
    public int? InitialDelaySeconds { get; set; }
    public int? PeriodSeconds { get; set; }
    public int? TimeoutSeconds { get; set; }
    public int? FailureThreshold { get; set; }
    public int? SuccessThreshold { get; set; }
}
