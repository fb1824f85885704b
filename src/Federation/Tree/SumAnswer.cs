using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation.Tree;

/// <summary>What became of a <see cref="SumRequest"/>.</summary>
/// <param name="Weight">Σ w; 0 where something is missing, and then there is no sum.</param>
/// <param name="Owner">Owner of the object that holds the sum of the request's one group; empty where the sum comes as a stream.</param>
/// <param name="Name">Name of that object.</param>
/// <param name="Missing">Clients whose updates are nowhere to be found.</param>
/// <param name="Reports">What the aggregators that were asked have done so far.</param>
public sealed record SumAnswer(double Weight, string Owner, string Name, IReadOnlyList<string> Missing, IReadOnlyList<AggregatorReport> Reports);
