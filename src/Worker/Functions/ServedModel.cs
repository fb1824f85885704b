using System.Globalization;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.Models;

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

    /// <summary>How callers know it.</summary>
    public ModelDescription Description { get; } =
        new(assignment.Name, assignment.Generation.ToString(CultureInfo.InvariantCulture), model.Platform, model.Signature);

    /// <summary>Largest request body.</summary>
    public long MaxBodyBytes { get; } = maxBodyBytes;

    /// <summary>Runs the model, on as many threads at once as there are processors: more would only evict each other's caches.</summary>
    public async Task<HostTensor[]> RunAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
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

    /// <inheritdoc/>
    public void Dispose() => end(!_hasFailed);
}
