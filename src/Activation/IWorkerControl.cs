using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;

namespace Hearth.Activation;

/// <summary>A worker's control port as its callers see it. The contract is written on <see cref="Assignment"/>.</summary>
public interface IWorkerControl
{
    /// <summary>
    /// Assigns the worker and follows its progress to the end, which is returned: <see cref="AssignmentState.Ready"/>, or
    /// <see cref="AssignmentState.Failed"/> with a reason. A worker that cannot be reached, breaks off or answers out of contract is a failure with reason
    /// <see cref="AssignmentFailureReason.WorkerLost"/>, not an exception. The id of a running assignment attaches to its progress.
    /// </summary>
    /// <param name="worker">Pod of the worker.</param>
    /// <param name="assignment">What it becomes.</param>
    /// <param name="onProgress">Called with each line, the last one included, in order.</param>
    /// <param name="cancel">Stops following. The worker goes on with the assignment.</param>
    Task<AssignmentProgress> AssignAsync(
        V1Pod worker, Assignment assignment, Action<AssignmentProgress>? onProgress, CancellationToken cancel);

    /// <summary>The latest line of the worker's assignment, or null when it has none.</summary>
    /// <exception cref="HttpRequestException">The worker cannot be reached or answers out of contract.</exception>
    Task<AssignmentProgress?> GetAsync(V1Pod worker, CancellationToken cancel);

    /// <summary>Tells the worker that leads a federation's rounds which aggregators there are. False when it leads none.</summary>
    /// <exception cref="HttpRequestException">The worker cannot be reached, or finds fault with the plan.</exception>
    Task<bool> PutPlanAsync(V1Pod worker, AggregationPlan plan, CancellationToken cancel);

    /// <summary>
    /// Drains the worker and resets it to idle. True when it is clean, also when it was idle already; false when it cannot be reset, or cannot be
    /// reached, and must be deleted.
    /// </summary>
    Task<bool> ResetAsync(V1Pod worker, CancellationToken cancel);

    /// <summary>What the worker's artifact cache holds; null when it cannot be reached or does not tell.</summary>
    Task<ArtifactReport?> GetArtifactsAsync(V1Pod worker, CancellationToken cancel);
}
