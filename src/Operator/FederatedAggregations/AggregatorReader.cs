using System.Text.Json;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Operator.FederatedAggregations;

/// <summary>Asks aggregators how far they are.</summary>
internal sealed class AggregatorReader(IWorkerControl control, TimeProvider time)
{
    /// <summary>A worker that gave no answer for so long is lost. Its node says sooner when the process ended.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(15);

    // A reconcile waits for the answer, which the worker has at hand.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What the worker answers now. Silence is an answer too.</summary>
    /// <param name="worker">A worker that was assigned.</param>
    /// <param name="memory">Since when it is silent.</param>
    /// <param name="cancel">Stops waiting.</param>
    public async Task<AggregatorReport> ReadAsync(V1Pod worker, FederationMemory memory, CancellationToken cancel)
    {
        var id = worker.GetAnnotation(HearthAnnotations.Assignment);
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        string trouble;
        try
        {
            var progress = await control.GetAsync(worker, either.Token);
            memory.SilentSince = null;
            return progress?.Id == id ? new(progress) : new(null, $"worker \"{worker.Name()}\" lost its assignment: its process was started anew", IsLost: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            trouble = e.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            trouble = $"worker \"{worker.Name()}\" did not answer within {Patience.TotalSeconds} s";
        }
        memory.SilentSince ??= time.GetUtcNow();
        return new(null, trouble, IsSilent: time.GetUtcNow() - memory.SilentSince >= LostAfter);
    }
}
