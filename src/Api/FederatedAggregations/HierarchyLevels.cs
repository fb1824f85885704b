namespace Hearth.Api.FederatedAggregations;

/// <summary>How many levels of aggregators gather the updates of a round.</summary>
public enum HierarchyLevels
{
    /// <summary>As many as the updates need: one alone up to maxFanIn updates, then leaves, and a middle on each node that has several leaves.</summary>
    Auto,

    /// <summary>One aggregator takes every update.</summary>
    One,

    /// <summary>Leaves take the updates, and each sends its sum to the top.</summary>
    Two,

    /// <summary>As Auto, with two leaves at least.</summary>
    Three,
}
