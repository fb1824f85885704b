using Hearth.Federation;
using Hearth.Federation.Tree;
using Hearth.Worker.Control;

namespace Hearth.Worker.Aggregators.Tree;

/// <summary>What an aggregator has that leads others.</summary>
/// <param name="token">What the federation's aggregators know each other by.</param>
/// <param name="memory">The memory of the node; null where the worker has none, and then its node's sums come to it as others do. Becomes this object's own.</param>
/// <param name="time">The clock.</param>
internal sealed class LeadParts(string token, NodeMemory? memory, TimeProvider time) : IDisposable
{
    private readonly HttpTreeLink _link = new(token, time);

    /// <summary>For the aggregator.</summary>
    public TreeOptions Options => new(_link, memory?.Share);

    /// <summary>Answers the others.</summary>
    public TreeEndpoint MakeEndpoint(Aggregator aggregator) => new(new BearerToken(token), aggregator, leaf: null, time);

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        memory?.Dispose();
    }
}
