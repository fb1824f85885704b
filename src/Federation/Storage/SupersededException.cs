namespace Hearth.Federation.Storage;

/// <summary>A later aggregator has taken over the output directory; this one writes nothing any more.</summary>
/// <param name="storage">The directory.</param>
/// <param name="own">Epoch of the aggregator that stops.</param>
/// <param name="current">Epoch of the one that took over.</param>
public sealed class SupersededException(string storage, long own, long current)
    : Exception($"Another aggregator has taken over '{storage}' (epoch {current}; this one had {own}). This one has stopped; nothing is lost.");
