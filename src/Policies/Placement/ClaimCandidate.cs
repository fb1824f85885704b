namespace Hearth.Policies.Placement;

/// <summary>An idle worker, as far as choosing one depends on it.</summary>
/// <param name="Node">Its node.</param>
/// <param name="Zone">The node's zone; null where it is not known.</param>
/// <param name="HasArtifact">Whether the node's cache holds the artifact.</param>
/// <param name="AddedFragmentation">Fragmentation that its claim adds.</param>
/// <param name="Price">Price of its node's GPUs; 0 where it does not matter.</param>
/// <param name="HasModel">Whether the worker has the model loaded.</param>
public readonly record struct ClaimCandidate(
    string Node, string? Zone, bool HasArtifact, double AddedFragmentation = 0, double Price = 0, bool HasModel = false);
