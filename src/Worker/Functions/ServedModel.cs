using System.Globalization;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Worker.OnnxRuntime;

namespace Hearth.Worker.Functions;

/// <summary>A loaded model under the name and version that callers use.</summary>
internal sealed class ServedModel(Assignment assignment, InferenceSession session, SemaphoreSlim processors, long maxBodyBytes) : IDisposable
{
    /// <summary>The function's name.</summary>
    public string Name { get; } = assignment.Name;

    /// <summary>The function's generation.</summary>
    public string Version { get; } = assignment.Generation.ToString(CultureInfo.InvariantCulture);

    /// <summary>Largest request body.</summary>
    public long MaxBodyBytes { get; } = maxBodyBytes;

    /// <summary>What it takes and answers.</summary>
    public InferenceSession Session { get; } = session;

    /// <summary>Runs the model, on as many threads at once as there are processors: more would only evict each other's caches.</summary>
    public async Task<HostTensor[]> RunAsync(IReadOnlyList<HostTensor> inputs, IReadOnlyList<int> outputs, CancellationToken cancellation)
    {
        await processors.WaitAsync(cancellation);
        try
        {
            return Session.Run(inputs, outputs, cancellation);
        }
        finally
        {
            processors.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();
}
