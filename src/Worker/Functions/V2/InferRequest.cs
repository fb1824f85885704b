using Hearth.Compute;

namespace Hearth.Worker.Functions.V2;

/// <summary>An inference request that fits its model.</summary>
internal sealed class InferRequest : IDisposable
{
    /// <summary>The caller's id, to be repeated in the answer.</summary>
    public string? Id { get; init; }

    /// <summary>One tensor for each of the model's inputs, in the model's order.</summary>
    public required IReadOnlyList<HostTensor> Inputs { get; init; }

    /// <summary>What to answer, in the caller's order.</summary>
    public required IReadOnlyList<RequestedOutput> Outputs { get; init; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var input in Inputs)
            input.Dispose();
    }
}
