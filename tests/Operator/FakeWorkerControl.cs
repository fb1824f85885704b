using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.Workers;

namespace Hearth.Operator.Tests;

/// <summary>Workers that answer at once with what the test says.</summary>
internal sealed class FakeWorkerControl : IWorkerControl
{
    /// <summary>What every assignment ends with, but for its id.</summary>
    public AssignmentProgress End { get; set; } = new() { State = AssignmentState.Ready, DeployCodeMs = 20, DeployDependencyMs = 30 };

    /// <summary>The latest line of a worker; it may throw. Defaults to none.</summary>
    public Func<V1Pod, AssignmentProgress?> Progress { get; set; } = _ => null;

    /// <summary>Whether workers can be reset.</summary>
    public bool ResetsCleanly { get; set; } = true;

    /// <summary>Calls as <c>verb pod</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>Called in the middle of an assignment.</summary>
    public Action OnAssign { get; set; } = () => { };

    public Task<AssignmentProgress> AssignAsync(
        V1Pod worker, Assignment assignment, Action<AssignmentProgress>? onProgress, CancellationToken cancel)
    {
        Note($"assign {worker.Name()} generation {assignment.Generation}");
        OnAssign();
        return Task.FromResult(End with { Id = assignment.Id });
    }

    public Task<AssignmentProgress?> GetAsync(V1Pod worker, CancellationToken cancel) => Task.FromResult(Progress(worker));

    /// <summary>The plan that each worker was told last; it may be refused.</summary>
    public Dictionary<string, AggregationPlan> Plans { get; } = [];

    /// <summary>Whether workers know what a plan is.</summary>
    public bool TakesPlans { get; set; } = true;

    /// <summary>What a worker says to a plan: null when it takes it.</summary>
    public string? PlanRefusal { get; set; }

    public Task<bool> PutPlanAsync(V1Pod worker, AggregationPlan plan, CancellationToken cancel)
    {
        if (PlanRefusal is { } refusal)
            throw new HttpRequestException(refusal);
        if (TakesPlans)
            Plans[worker.Name()] = plan;
        return Task.FromResult(TakesPlans);
    }

    public Task<bool> ResetAsync(V1Pod worker, CancellationToken cancel)
    {
        Note($"reset {worker.Name()}");
        return Task.FromResult(ResetsCleanly);
    }

    /// <summary>What a worker's cache holds. Defaults to what tells nothing.</summary>
    public Func<V1Pod, ArtifactReport?> Artifacts { get; set; } = _ => null;

    public Task<ArtifactReport?> GetArtifactsAsync(V1Pod worker, CancellationToken cancel) => Task.FromResult(Artifacts(worker));

    private void Note(string call)
    {
        lock (Calls)
            Calls.Add(call);
    }
}
