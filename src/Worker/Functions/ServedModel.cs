using System.Globalization;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.Functions.Batching;
using Hearth.Worker.Models;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Functions;

/// <summary>A loaded model under the name and version that callers use.</summary>
/// <param name="assignment">What names it.</param>
/// <param name="model">The model.</param>
/// <param name="processors">Runs at the same time.</param>
/// <param name="maxBodyBytes">Largest request body.</param>
/// <param name="end">Takes the model back, told whether it ran without fault.</param>
internal sealed class ServedModel(Assignment assignment, IModel model, SemaphoreSlim processors, long maxBodyBytes, Action<bool> end) : IDisposable
{
    private volatile bool _hasFailed;
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
    public void Dispose() => end(!_hasFailed);

    /// <summary>Runs the model, on as many threads at once as there are processors: more would only evict each other's caches.</summary>
    private async Task<HostTensor[]> RunAloneAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        await processors.WaitAsync(cancellation);
        try
        {
            return model.Run(inputs, outputs, cancellation);
        }
        catch (ModelRunException e) when (!e.IsCallersFault)
        {
            _hasFailed = true;
            throw;
        }
        finally
        {
            processors.Release();
        }
    }
}
