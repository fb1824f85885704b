using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation.Tree;

/// <summary>How aggregators ask each other for sums.</summary>
/// <remarks>Every call is an <see cref="IOException"/> where it cannot be known what became of it; each may be repeated.</remarks>
public interface IMemberLink
{
    /// <summary>Tells a leaf its place and who leads.</summary>
    Task PlaceAsync(PlannedAggregator member, LeafPlace place, CancellationToken cancellation);

    /// <summary>Has an aggregator of the same node finish the sum of its own updates; the answer names the object.</summary>
    Task<SumAnswer> FinishAsync(string address, string assignmentId, SumRequest request, CancellationToken cancellation);

    /// <summary>Has an aggregator of another node add up that node's sums.</summary>
    /// <param name="member">Who.</param>
    /// <param name="request">What.</param>
    /// <param name="add">Called with each piece of the sums, in order, and the element it begins at; only where nothing is missing.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<SumAnswer> SumAsync(PlannedAggregator member, SumRequest request, Action<Compute.HostBuffer, long> add, CancellationToken cancellation);

    /// <summary>Tells an aggregator that a round is published: what it holds of it is not needed any more.</summary>
    Task EndAsync(PlannedAggregator member, int round, CancellationToken cancellation);
}
