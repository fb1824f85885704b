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

    /// <summary>What workers answer now, all asked at once. Silence is an answer too.</summary>
    /// <param name="assigned">Workers that were assigned.</param>
    /// <param name="memory">Since when each is silent.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>By uid of their pods.</returns>
    public async Task<IReadOnlyDictionary<string, AggregatorAnswer>> ReadAsync(IEnumerable<V1Pod> assigned, FederationMemory memory, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(assigned.Select(async worker => (worker, Answer: await AskAsync(worker, cancel))));
        var now = time.GetUtcNow();
        return answers.ToDictionary(
            a => a.worker.Uid(),
            a => a.Answer with { IsSilent = memory.Hear(a.worker.Uid(), isSilent: a.Answer is { Trouble: not null, IsLost: false }, now) >= LostAfter });
    }

    private async Task<AggregatorAnswer> AskAsync(V1Pod worker, CancellationToken cancel)
    {
        var id = worker.GetAnnotation(HearthAnnotations.Assignment);
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var progress = await control.GetAsync(worker, either.Token);
            return progress?.Id == id ? new(progress) : new(null, $"worker \"{worker.Name()}\" lost its assignment: its process was started anew", IsLost: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return new(null, e.Message);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, $"worker \"{worker.Name()}\" did not answer within {Patience.TotalSeconds} s");
        }
    }
}
