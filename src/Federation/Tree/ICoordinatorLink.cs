namespace Hearth.Federation.Tree;

/// <summary>How a leaf reaches the aggregator that leads.</summary>
/// <remarks>Every call is an <see cref="IOException"/> where it cannot be known what became of it; each may be repeated.</remarks>
public interface ICoordinatorLink
{
    /// <summary>Offers an update.</summary>
    Task<OfferAnswer> OfferAsync(LeafPlace place, UpdateOffer offer, CancellationToken cancellation);

    /// <summary>The header of the model's safetensors, with its length before it, and the length of the data behind it.</summary>
    Task<(byte[] Header, long DataLength)> GetLayoutAsync(LeafPlace place, CancellationToken cancellation);
}
