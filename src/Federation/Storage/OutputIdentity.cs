namespace Hearth.Federation.Storage;

/// <summary>Content of <c>federation.json</c>.</summary>
/// <param name="Uid">Uid of the FederatedAggregation.</param>
/// <param name="Namespace">Its namespace, for people.</param>
/// <param name="Name">Its name, for people.</param>
/// <param name="Epoch">Number of the aggregator that may write.</param>
internal sealed record OutputIdentity(string Uid, string Namespace, string Name, long Epoch);
