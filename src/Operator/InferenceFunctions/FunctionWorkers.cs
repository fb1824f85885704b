using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Operator.Workers;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>A function's workers, sorted by what they are good for and, within that, by revision.</summary>
internal sealed class FunctionWorkers
{
    public FunctionWorkers(FunctionObservation seen)
    {
        var present = seen.Workers.Where(p => !p.IsDeleting()).ToArray();
        Lost = FindLost(present).ToArray();
        var sound = present.Except(Lost.Select(l => l.Worker)).ToArray();
        Serving = sound.Where(p => p.State() == WorkerState.Assigned && !seen.Releasing.Contains(p.Uid())).ToArray();
        Starting = sound.Where(p => p.State() == WorkerState.Claimed).ToArray();
        ShortOfGpu = seen.GpuResource is { } gpu
            ? Starting.Where(p => PodProblem.Of(p) is { Reason: PodProblem.Unschedulable } problem && problem.Message.Contains(gpu, StringComparison.Ordinal)).ToArray()
            : [];
    }

    /// <summary>Workers that will not serve again.</summary>
    public IReadOnlyList<WorkerRelease> Lost { get; }

    /// <summary>Workers that serve.</summary>
    public IReadOnlyList<V1Pod> Serving { get; }

    /// <summary>Workers on their way to serve.</summary>
    public IReadOnlyList<V1Pod> Starting { get; }

    /// <summary>Of those, pods for which no node has a GPU left.</summary>
    public IReadOnlyList<V1Pod> ShortOfGpu { get; }

    /// <summary>Whether there is any that serves or is on its way.</summary>
    public bool Any => Serving.Count + Starting.Count > 0;

    /// <summary>The revision that a worker was claimed for; empty when it does not say.</summary>
    public static string RevisionOf(V1Pod worker) => worker.GetAnnotation(HearthAnnotations.FunctionHash) ?? "";

    /// <summary>Workers of a revision that serve.</summary>
    public IEnumerable<V1Pod> ServingOf(string hash) => Serving.Where(p => RevisionOf(p) == hash);

    /// <summary>How many of a revision serve or are on their way.</summary>
    public int Live(string hash) => ServingOf(hash).Count() + Starting.Count(p => RevisionOf(p) == hash);

    /// <summary>How many of a revision serve and are Ready.</summary>
    public int Ready(string hash) => ServingOf(hash).Count(p => p.IsReady());

    /// <summary>Whether a revision has one that serves or is on its way.</summary>
    public bool Has(string hash) => Live(hash) > 0;

    /// <summary>Whether a revision's worker is there that did not load. One that was lost says nothing about the model.</summary>
    public bool HasFailed(string hash) => FailureOf(hash) is not null;

    /// <summary>Why a revision does not load; null when it does, or was not tried.</summary>
    public AssignmentFailure? FailureOf(string hash) => Lost
        .Where(l => l.Reason == ReleaseReason.Failed && RevisionOf(l.Worker) == hash)
        .Select(l => l.Worker.Failure())
        .LastOrDefault(f => f is not null && f.Reason != AssignmentFailureReason.WorkerLost);

    private static IEnumerable<WorkerRelease> FindLost(IEnumerable<V1Pod> present)
    {
        foreach (var worker in present)
        {
            if (worker.State() == WorkerState.Failed)
                yield return new(worker, ReleaseReason.Failed);
            else if (worker.IsGone())
                yield return new(worker, ReleaseReason.Ended);
            else if (worker.State() == WorkerState.Draining)
                yield return new(worker, ReleaseReason.Draining);
            else if (worker.State() == WorkerState.Assigned && worker.LostAssignment())
                yield return new(worker, ReleaseReason.Restarted);
        }
    }
}
