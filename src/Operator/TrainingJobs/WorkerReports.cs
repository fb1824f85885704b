using System.Text.Json;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Operator.TrainingJobs;

/// <summary>Asks the workers of jobs how far they are.</summary>
internal sealed class WorkerReports(IWorkerControl control, TimeProvider time)
{
    /// <summary>A worker that gives no answer for so long is lost. Its node, or the other ranks, mostly say so sooner.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromSeconds(30);

    // A reconcile waits for the answer, which the worker has at hand.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Asks all of them at once.</summary>
    /// <param name="workers">Workers that were assigned.</param>
    /// <param name="memory">Since when each is silent.</param>
    /// <param name="cancel">Stops waiting.</param>
    /// <returns>By uid of their pods.</returns>
    public async Task<IReadOnlyDictionary<string, WorkerReport>> ReadAsync(IEnumerable<V1Pod> workers, JobMemory memory, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(workers.Select(async worker => (worker, Answer: await AskAsync(worker, cancel))));
        var now = time.GetUtcNow();
        var reports = new Dictionary<string, WorkerReport>();
        foreach (var (worker, answer) in answers)
        {
            var silentFor = memory.Hear(worker.Uid(), isSilent: answer is { Trouble: not null, IsLost: false }, now);
            reports[worker.Uid()] = answer with { IsLost = answer.IsLost || silentFor >= LostAfter };
        }
        return reports;
    }

    private async Task<WorkerReport> AskAsync(V1Pod worker, CancellationToken cancel)
    {
        using var deadline = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var line = await control.GetAsync(worker, either.Token);
            return line?.Id == worker.GetAnnotation(HearthAnnotations.Assignment)
                ? new(line)
                : new(null, $"worker \"{worker.Name()}\" lost its assignment: its process was started anew", IsLost: true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException)
        {
            return new(null, $"worker \"{worker.Name()}\" does not answer: {e.Message}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(null, $"worker \"{worker.Name()}\" did not answer within {Patience.TotalSeconds} s");
        }
    }
}
