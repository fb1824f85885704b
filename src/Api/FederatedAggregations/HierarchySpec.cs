using System.Text.Json.Serialization;
using Hearth.Api.Meta;
using Hearth.Api.Schema;

namespace Hearth.Api.FederatedAggregations;

/// <summary>How the updates of a round are gathered.</summary>
[ValidationRule("self.nodeCapacity >= self.maxFanIn", Message = CapacityBelowFanIn, FieldPath = ".nodeCapacity")]
public sealed record HierarchySpec
{
    internal const string CapacityBelowFanIn = "must not be below maxFanIn: an aggregator could not be on any node";

    /// <summary>Updates that one aggregator takes in a round at most, as long as maxAggregators suffice.</summary>
    [Range(1, 10_000)]
    public int MaxFanIn { get; set; } = 10;

    /// <summary>Levels of aggregators.</summary>
    public HierarchyLevels Levels { get; set; } = HierarchyLevels.Auto;

    /// <summary>Updates that the aggregators of one node take in a round. More are spread over more nodes, as far as there are any.</summary>
    [Range(1, 100_000)]
    public int NodeCapacity { get; set; } = 20;

    /// <summary>How long an aggregator that no round needs stays for the next.</summary>
    [Length(0, 32)]
    [Pattern(KubernetesDurationConverter.Pattern)]
    [JsonConverter(typeof(KubernetesDurationConverter))]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(30);
}
