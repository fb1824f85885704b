using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;

namespace Hearth.Activation;

/// <summary>Takes workers from their pool, gives them their work, and gives them back: the one implementation of that protocol.</summary>
/// <remarks>
/// <code>
///   ClaimAsync | CreateAsync ──► AssignAsync ──► MarkAssignedAsync | MarkFailedAsync ──► ReleaseAsync
/// </code>
/// All state is in the pod's labels and annotations and in the worker itself. Every step may be repeated, and a process that dies between two steps
/// leaves a pod from which any other can go on: a claimed pod is assigned under the same id, which attaches to the progress of an
/// assignment that runs, and a draining pod is released again. Safe for use from many threads.
/// </remarks>
/// <param name="client">The API server.</param>
/// <param name="control">The workers' control ports.</param>
/// <param name="identity">Written to <see cref="HearthAnnotations.ClaimedBy"/>.</param>
/// <param name="options">What the administrator decides about pods made for a pool miss.</param>
/// <param name="time">The clock.</param>
/// <param name="random">Source of assignment ids and name suffixes; used under a lock.</param>
public sealed class WorkerActivator(
    IKubernetesClient client, IWorkerControl control, string identity, WorkerPodOptions options, TimeProvider time, Random random)
{
    private const string NameAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int MaxNameLength = 63;
    private const int SuffixLength = 5;

    // 16 letters of 36 are 82 bits: ids of different claimers never meet.
    private const int AssignmentIdLength = 16;

    // A pod changes owner reference, status and labels in its life, each by another writer; more conflicts in a row than this are a fault.
    private const int MaxAttempts = 8;

    private static readonly TimeSpan ReportTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Who claims through this activator.</summary>
    public string Identity { get; } = identity;

    /// <summary>Claims the first of <paramref name="candidates"/> that nobody else took, or returns null.</summary>
    /// <param name="owner">Who claims.</param>
    /// <param name="candidates">Idle workers in the order of preference. One that changed since it was seen is looked at again after the others.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>The claimed pod; it carries the id of the assignment to come.</returns>
    public async Task<V1Pod?> ClaimAsync(WorkerOwner owner, IEnumerable<V1Pod> candidates, CancellationToken cancel)
    {
        var changed = new List<V1Pod>();
        foreach (var candidate in candidates)
        {
            if (await TryClaimAsync(owner, candidate, cancel) is { } claimed)
                return claimed;
            changed.Add(candidate);
        }
        foreach (var stale in changed)
        {
            var current = await client.GetAsync<V1Pod>(stale.Name(), stale.Namespace(), cancel);
            if (current is not null && current.IsClaimable() && await TryClaimAsync(owner, current, cancel) is { } claimed)
                return claimed;
        }
        return null;
    }

    /// <summary>Makes a pod that is claimed for <paramref name="owner"/> from its start, because its pool has no idle worker.</summary>
    /// <param name="owner">Whom it is for.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="nodes">Nodes to prefer, see <see cref="WorkerChoice.NodesWith"/>.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<V1Pod> CreateAsync(WorkerOwner owner, WorkerPool pool, IReadOnlyList<string> nodes, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Not part of the template's hash: where a worker was made does not make it outdated once it is idle.
            var pod = NodePreference.Add(WorkerPodFactory.MakeClaimed(pool, owner, MakeName(owner.Name), ClaimAnnotations(owner), options), nodes);
            try
            {
                return await client.CreateAsync(pod, cancel);
            }
            catch (KubernetesException e) when (e.IsAlreadyExists && attempt < MaxAttempts)
            {
            }
        }
    }

    /// <summary>
    /// Gives a claimed worker its assignment and follows it to the end, which is returned as <see cref="IWorkerControl.AssignAsync"/> does. The pod must be
    /// Ready. A user's container needs no assignment and is ready at once.
    /// </summary>
    /// <remarks>With it goes what the worker's cache holds now, which saves a write of its own: caches change only where assignments fetch.</remarks>
    /// <param name="pod">The worker.</param>
    /// <param name="assignment">What it becomes; the id is that of its claim, whatever stands here.</param>
    /// <param name="onProgress">Called with each line.</param>
    /// <param name="cancel">Stops following.</param>
    public Task<AssignmentProgress> AssignAsync(
        V1Pod pod, Assignment assignment, Action<AssignmentProgress>? onProgress, CancellationToken cancel)
    {
        var id = pod.GetAnnotation(HearthAnnotations.Assignment) ?? "";
        if (pod.RunsUserCode())
            return Task.FromResult(new AssignmentProgress { Id = id, State = AssignmentState.Ready, DeployCodeMs = 0, DeployDependencyMs = 0 });
        return control.AssignAsync(pod, assignment with { Id = id }, onProgress, cancel);
    }

    /// <summary>Records that the worker serves. Null when the pod is gone, under another assignment, or no longer claimed: the first record stays.</summary>
    /// <param name="pod">The worker.</param>
    /// <param name="coldStart">Where the time went.</param>
    /// <param name="cancel">Gives up.</param>
    /// <param name="notBatched">Why requests are not batched although the function asks for it; null where that does not apply.</param>
    public async Task<V1Pod?> MarkAssignedAsync(V1Pod pod, ColdStart coldStart, CancellationToken cancel, string? notBatched = null)
    {
        var artifacts = pod.RunsUserCode() ? null : await GetArtifactsAsync(pod, cancel);
        return await ChangeAsync(pod, WorkerPatches.Assigned(coldStart, notBatched, artifacts), state => state == WorkerState.Claimed, cancel);
    }

    /// <summary>What the cache of a Ready worker holds; null when it does not say so within two seconds. It is worth no more.</summary>
    public async Task<ArtifactReport?> GetArtifactsAsync(V1Pod pod, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(ReportTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patience.Token);
        try
        {
            return await control.GetArtifactsAsync(pod, either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Records on an idle worker what its cache holds. Null when the pod is gone or was claimed; its assignment records it then.</summary>
    public Task<V1Pod?> MarkArtifactsAsync(V1Pod idle, ArtifactReport report, CancellationToken cancel) =>
        ChangeAsync(idle, WorkerPatches.Artifacts(report), state => state == WorkerState.Idle, cancel);

    /// <summary>Records that the assignment failed, for the operator to report and release. Null as for <see cref="MarkAssignedAsync"/>.</summary>
    public Task<V1Pod?> MarkFailedAsync(V1Pod pod, AssignmentFailure failure, CancellationToken cancel) => ChangeAsync(
        pod, WorkerPatches.Failed(failure), state => state is WorkerState.Claimed or WorkerState.Assigned or WorkerState.Failed, cancel);

    /// <summary>Leaves a claimed pod that is not needed any more to the operator, which releases what drains. Null as for <see cref="MarkAssignedAsync"/>.</summary>
    public Task<V1Pod?> GiveUpAsync(V1Pod pod, CancellationToken cancel) =>
        ChangeAsync(pod, WorkerPatches.Draining(), state => state == WorkerState.Claimed, cancel);

    /// <summary>
    /// Drains a worker and returns it to <paramref name="pool"/> when the pool reuses workers, it ran no user code and its reset was clean;
    /// deletes its pod otherwise.
    /// </summary>
    /// <param name="pod">Worker in any state but idle.</param>
    /// <param name="pool">Its pool; null when that is gone.</param>
    /// <param name="cancel">Stops between two steps; call again to go on.</param>
    public async Task<ReleaseOutcome> ReleaseAsync(V1Pod pod, WorkerPool? pool, CancellationToken cancel)
    {
        var draining = await ChangeAsync(pod, WorkerPatches.Draining(), state => state != WorkerState.Idle, cancel);
        if (draining is null)
            return ReleaseOutcome.Superseded;

        var reusable = pool is { Spec.Reuse: ReusePolicy.WhenSafe } && !pool.IsDeleting() && !draining.IsGone() && !draining.RunsUserCode();
        if (reusable && await control.ResetAsync(draining, cancel))
        {
            var idle = await ChangeAsync(draining, WorkerPatches.Idle(pool!), state => state == WorkerState.Draining, cancel);
            return idle is null ? ReleaseOutcome.Superseded : ReleaseOutcome.Reused;
        }
        await DeleteAsync(draining, cancel);
        return ReleaseOutcome.Deleted;
    }

    private async Task<V1Pod?> TryClaimAsync(WorkerOwner owner, V1Pod candidate, CancellationToken cancel)
    {
        try
        {
            return await PatchAsync(candidate, WorkerPatches.Claimed(owner, ClaimAnnotations(owner)), cancel);
        }
        catch (KubernetesException e) when (e.IsConflict || e.IsNotFound)
        {
            return null;
        }
    }

    /// <summary>
    /// Patches the pod while it is under the assignment that <paramref name="pod"/> names and in an allowed state; null otherwise. Conflicts with those
    /// who write other parts of the pod are retried.
    /// </summary>
    private async Task<V1Pod?> ChangeAsync(V1Pod pod, JsonObject metadata, Func<string, bool> isAllowed, CancellationToken cancel)
    {
        var current = pod;
        for (var attempt = 1; ; attempt++)
        {
            if (!isAllowed(current.State()))
                return null;
            try
            {
                return await PatchAsync(current, metadata.DeepClone().AsObject(), cancel);
            }
            catch (KubernetesException e) when (e.IsNotFound)
            {
                return null;
            }
            catch (KubernetesException e) when (e.IsConflict && attempt < MaxAttempts)
            {
                var latest = await client.GetAsync<V1Pod>(pod.Name(), pod.Namespace(), cancel);
                if (latest is null || latest.Uid() != pod.Uid() || Assignment(latest) != Assignment(pod))
                    return null;
                current = latest;
            }
        }
    }

    private Task<V1Pod> PatchAsync(V1Pod pod, JsonObject metadata, CancellationToken cancel)
    {
        metadata["resourceVersion"] = pod.Metadata.ResourceVersion;
        return client.PatchAsync<V1Pod>(pod.Name(), pod.Namespace(), new(new JsonObject { ["metadata"] = metadata }), null, cancel);
    }

    private async Task DeleteAsync(V1Pod pod, CancellationToken cancel)
    {
        try
        {
            await client.DeleteAsync<V1Pod>(pod.Name(), pod.Namespace(), new() { Uid = pod.Uid() }, cancel);
        }
        catch (KubernetesException e) when (e.IsConflict)
        {
            // Another pod has the name now, so this one is gone.
        }
    }

    private static string? Assignment(V1Pod pod) => pod.GetAnnotation(HearthAnnotations.Assignment);

    private Dictionary<string, string> ClaimAnnotations(WorkerOwner owner) => new(owner.Annotations)
    {
        [HearthAnnotations.ClaimedBy] = Identity,
        [HearthAnnotations.LastUsed] = time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        [HearthAnnotations.Assignment] = RandomLetters(AssignmentIdLength),
    };

    private string MakeName(string owner)
    {
        var room = MaxNameLength - SuffixLength - 1;
        var prefix = owner.Length > room ? owner[..room].TrimEnd('-', '.') : owner;
        return $"{prefix}-{RandomLetters(SuffixLength)}";
    }

    private string RandomLetters(int length)
    {
        lock (random)
            return random.GetString(NameAlphabet, length);
    }
}
