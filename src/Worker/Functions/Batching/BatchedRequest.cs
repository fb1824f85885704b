using Hearth.Compute;

namespace Hearth.Worker.Functions.Batching;

/// <summary>A request in a batch.</summary>
/// <param name="inputs">Its tensors, which stay its own.</param>
/// <param name="cancellation">Its caller.</param>
internal sealed class BatchedRequest(IReadOnlyList<HostTensor> inputs, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<HostTensor[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Its tensors.</summary>
    public IReadOnlyList<HostTensor> Inputs { get; } = inputs;

    /// <summary>Its caller.</summary>
    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Its rows.</summary>
    public long Rows { get; } = inputs[0].Shape.Dimensions[0];

    /// <summary>Completes with its outputs.</summary>
    public Task<HostTensor[]> Answer => _answer.Task;

    /// <summary>Gives it its outputs, which become its own.</summary>
    public void Succeed(HostTensor[] outputs) => _answer.SetResult(outputs);

    /// <summary>Its run failed, or its caller left before one began.</summary>
    public void Fail(Exception error) => _answer.SetException(error);
}
