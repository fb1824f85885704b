using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation.Tree;

/// <summary>An update that a leaf has received and checked, and offers to the aggregator that leads.</summary>
/// <param name="Round">The round it is for.</param>
/// <param name="Update">What it is.</param>
/// <param name="Holder">Where it lies.</param>
/// <param name="Report">What the leaf has done so far.</param>
public sealed record UpdateOffer(int Round, HeldUpdate Update, Holder Holder, AggregatorReport Report);
