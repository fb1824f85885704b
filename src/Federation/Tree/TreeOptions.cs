using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>How an aggregator leads others.</summary>
/// <param name="Link">The way to them.</param>
/// <param name="Share">The memory of its node; null where it has none, and then its node's sums come to it as others do.</param>
public sealed record TreeOptions(IMemberLink Link, NodeShare? Share)
{
    /// <summary>For how long a node that cannot be asked is waited for before its updates count as lost. Defaults to a minute.</summary>
    public TimeSpan LostAfter { get; init; } = TimeSpan.FromMinutes(1);
}
