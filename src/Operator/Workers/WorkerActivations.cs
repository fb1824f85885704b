using System.Collections.Concurrent;
using Hearth.Activation;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator.Workers;

/// <summary>Takes workers for their owners and, in the background since loading may take minutes, gives them their assignments.</summary>
internal sealed partial class WorkerActivations(
    WorkerActivator activator, WorkerCache workers, WorkerChoice choice, BackgroundWork work, TimeProvider time, ILogger log)
{
    // By assignment. The pod tells the same after a restart, but in whole seconds.
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, ColdStartPath Path)> _taken = new();

    /// <summary>Claims an idle worker of the pool, or makes one when the pool has none or the owner runs a user's container.</summary>
    /// <param name="owner">Who takes it.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="node">The node whose idle workers are taken first, and where one is made rather than elsewhere; null for none.</param>
    public async Task<V1Pod> TakeAsync(WorkerOwner owner, WorkerPool pool, CancellationToken cancel, string? node = null)
    {
        var startedAt = time.GetUtcNow();
        foreach (var (assignment, taken) in _taken)
        {
            if (startedAt - taken.At > ClaimLimits.GiveUpAfter)
                _taken.TryRemove(assignment, out _);
        }
        var claimed = owner.Customize is null ? await activator.ClaimAsync(owner, Candidates(owner, pool, node), cancel) : null;
        var worker = claimed ?? await activator.CreateAsync(owner, pool, node is null ? choice.NodesWith(owner.Artifact) : [node], cancel);
        workers.Remember(worker);
        _taken[AssignmentOf(worker)] = (startedAt, claimed is null ? ColdStartPath.Create : ColdStartPath.Pool);
        return worker;
    }

    /// <summary>Whether a worker that this process took, and has not assigned yet, was started for its claim.</summary>
    public bool IsStarted(V1Pod worker) => _taken.TryGetValue(AssignmentOf(worker), out var taken) && taken.Path == ColdStartPath.Create;

    /// <summary>Uids of those among <paramref name="pods"/> that are being assigned.</summary>
    public HashSet<string> UnderWay(IEnumerable<V1Pod> pods) => pods.Where(p => work.IsBusy(Key(p))).Select(p => p.Uid()).ToHashSet();

    /// <summary>Starts to assign a claimed worker, unless that is under way.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="assignment">What it becomes; the id is that of its claim, whatever stands here.</param>
    /// <param name="retry">Called when an assignment whose end could not be recorded may be tried again.</param>
    public void Assign(V1Pod worker, Assignment assignment, Action retry) =>
        work.Start(Key(worker), cancel => AssignAsync(worker, assignment, cancel), retry);

    private async Task<bool> AssignAsync(V1Pod worker, Assignment assignment, CancellationToken cancel)
    {
        var startedAt = time.GetUtcNow();
        using var deadline = new CancellationTokenSource(ClaimLimits.GiveUpAfter, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var end = await activator.AssignAsync(worker, assignment, null, either.Token);
            workers.Remember(end.State == AssignmentState.Ready
                ? await activator.MarkAssignedAsync(worker, MakeColdStart(worker, startedAt, end), cancel, end.NotBatched)
                : await activator.MarkFailedAsync(worker, end.Failure ?? NoReason(worker), cancel));
            Log.Ended(log, worker.Namespace(), worker.Name(), assignment.Role, assignment.Name, end.State);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            workers.Remember(await activator.MarkFailedAsync(worker, TooLate(worker), cancel));
        }
        _taken.TryRemove(AssignmentOf(worker), out _);
        return true;
    }

    private IReadOnlyList<V1Pod> Candidates(WorkerOwner owner, WorkerPool pool, string? node)
    {
        var ranked = choice.Rank(workers.OfPool(pool.Namespace(), pool.Name()).Where(p => p.IsClaimable()), owner.Artifact, owner.Model);
        return node is null ? ranked : [.. ranked.OrderBy(p => p.Spec.NodeName != node)];
    }

    private ColdStart MakeColdStart(V1Pod worker, DateTimeOffset assignedFrom, AssignmentProgress end)
    {
        var now = time.GetUtcNow();
        var (takenAt, path) = _taken.TryGetValue(AssignmentOf(worker), out var taken) ? taken : TakenByAnother(worker, assignedFrom);
        var (allocation, total) = (assignedFrom - takenAt, now - takenAt);
        var (code, dependency) = (Milliseconds(end.DeployCodeMs), Milliseconds(end.DeployDependencyMs));
        var rest = total - allocation - code - dependency;
        return new()
        {
            Path = path,
            PodAllocation = allocation,
            DeployCode = code,
            DeployDependency = dependency,
            Scheduling = rest > TimeSpan.Zero ? rest : TimeSpan.Zero,
            Total = total,
            Time = now,
        };
    }

    /// <summary>A pod made for its claim is claimed before it exists.</summary>
    private static (DateTimeOffset At, ColdStartPath Path) TakenByAnother(V1Pod worker, DateTimeOffset assignedFrom) => (
        worker.LastUsed() ?? assignedFrom,
        worker.LastUsed() <= worker.Metadata.CreationTimestamp ? ColdStartPath.Create : ColdStartPath.Pool);

    private static string Key(V1Pod worker) => $"Assignment \"{AssignmentOf(worker)}\" of worker {worker.Uid()}";

    private static TimeSpan Milliseconds(double? value) => TimeSpan.FromMilliseconds(value ?? 0);

    private static string AssignmentOf(V1Pod worker) => worker.GetAnnotation(HearthAnnotations.Assignment) ?? worker.Uid();

    private static AssignmentFailure NoReason(V1Pod worker) =>
        new(AssignmentFailureReason.WorkerLost, $"worker \"{worker.Name()}\" did not say why it failed", Retriable: true);

    private static AssignmentFailure TooLate(V1Pod worker) => new(
        AssignmentFailureReason.DeadlineExceeded,
        $"worker \"{worker.Name()}\" did not serve within {ClaimLimits.GiveUpAfter.TotalMinutes} minutes",
        Retriable: true);

    private static partial class Log
    {
        [LoggerMessage(3, LogLevel.Information, "Assignment of worker \"{Namespace}/{Worker}\" as {Role} of \"{Owner}\" ended: {State}")]
        public static partial void Ended(ILogger log, string @namespace, string worker, WorkerRole role, string owner, AssignmentState state);
    }
}
