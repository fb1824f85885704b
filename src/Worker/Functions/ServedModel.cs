using System.Globalization;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.Functions.Batching;
using Hearth.Worker.Models;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions;

/// <summary>A loaded model under the name and version that callers use.</summary>
internal sealed class ServedModel(Assignment assignment, IModel model, SemaphoreSlim processors, long maxBodyBytes) : IDisposable
{
    private BatchQueue? _queue;

    /// <summary>How callers know it.</summary>
    public ModelDescription Description { get; } =
        new(assignment.Name, assignment.Generation.ToString(CultureInfo.InvariantCulture), model.Platform, model.Signature);

    /// <summary>Largest request body.</summary>
    public long MaxBodyBytes { get; } = maxBodyBytes;

    /// <summary>From now on requests are joined into one run.</summary>
    public void Batch(BatchingSpec spec, WorkerMetrics metrics, TimeProvider time, ILogger logger) =>
        _queue = new(assignment.Name, spec, RunAloneAsync, metrics, time, logger);

    /// <summary>Runs the model; the inputs stay the caller's, the outputs become its.</summary>
    public Task<HostTensor[]> RunAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation) =>
        _queue is { } queue ? queue.RunAsync(inputs, outputs, cancellation) : RunAloneAsync(inputs, outputs, cancellation);

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    /// <summary>Runs the model, on as many threads at once as there are processors: more would only evict each other's caches.</summary>
    private async Task<HostTensor[]> RunAloneAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        await processors.WaitAsync(cancellation);
        try
        {
            return model.Run(inputs, outputs, cancellation);
        }
        finally
        {
            processors.Release();
        }
    }
}
