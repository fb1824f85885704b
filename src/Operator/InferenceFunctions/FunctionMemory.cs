using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Operator.Workers;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>What the operator keeps about one function between reconciles. Losing it in a restart costs at most one early retry.</summary>
internal sealed class FunctionMemory
{
    private HashSet<string> _failures = [];
    private long? _generation;

    /// <summary>Slows the operator's own activations while they fail. A gateway's activation, for a caller who waits, is not slowed.</summary>
    public RetryGate Activation { get; } = new();

    /// <summary>Takes note of the failed workers there are and returns those not seen before.</summary>
    public IReadOnlyList<V1Pod> NewFailures(IReadOnlyList<V1Pod> failed)
    {
        var fresh = failed.Where(p => !_failures.Contains(Assignment(p))).ToArray();
        _failures = failed.Select(Assignment).ToHashSet();
        return fresh;
    }

    /// <summary>Takes note of the function's generation: another spec deserves a try at once.</summary>
    public void See(long? generation)
    {
        if (_generation != generation)
            Activation.Reset();
        _generation = generation;
    }

    private static string Assignment(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.Assignment) ?? pod.Uid();
}
