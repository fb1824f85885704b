using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Policies.Pods;

namespace Hearth.Activation;

/// <summary>Merge patches of a worker pod's metadata, one for each transition of <see cref="WorkerState"/>.</summary>
internal static class WorkerPatches
{
    public static JsonObject Claimed(WorkerOwner owner, IReadOnlyDictionary<string, string> claim)
    {
        var annotations = new JsonObject { [HearthAnnotations.ColdStart] = null, [HearthAnnotations.Failure] = null, [HearthAnnotations.NotBatched] = null };
        foreach (var (key, value) in claim)
            annotations[key] = value;
        return new()
        {
            ["labels"] = new JsonObject { [HearthLabels.WorkerState] = WorkerState.Claimed, [owner.Label] = owner.Name },
            ["annotations"] = annotations,
        };
    }

    public static JsonObject Assigned(ColdStart coldStart, string? notBatched, ArtifactReport? artifacts)
    {
        var annotations = new JsonObject
        {
            [HearthAnnotations.ColdStart] = JsonSerializer.Serialize(coldStart, ApiJsonContext.Default.ColdStart),
            [HearthAnnotations.NotBatched] = notBatched,
        };
        if (artifacts is not null)
            annotations[HearthAnnotations.Artifacts] = artifacts.ToString();
        return new() { ["labels"] = new JsonObject { [HearthLabels.WorkerState] = WorkerState.Assigned }, ["annotations"] = annotations };
    }

    public static JsonObject Artifacts(ArtifactReport report) => new()
    {
        ["annotations"] = new JsonObject { [HearthAnnotations.Artifacts] = report.ToString() },
    };

    public static JsonObject Failed(AssignmentFailure failure) => new()
    {
        ["labels"] = new JsonObject { [HearthLabels.WorkerState] = WorkerState.Failed },
        ["annotations"] = new JsonObject
        {
            [HearthAnnotations.Failure] = JsonSerializer.Serialize(failure, ApiJsonContext.Default.AssignmentFailure),
        },
    };

    public static JsonObject Draining() => new()
    {
        ["labels"] = new JsonObject { [HearthLabels.WorkerState] = WorkerState.Draining },
    };

    /// <summary>Back to the pool: everything the claim and the assignment wrote is removed, and the pool owns the pod again.</summary>
    public static JsonObject Idle(WorkerPool pool) => new()
    {
        ["labels"] = new JsonObject(HearthLabels.Owners.Select(Removal)) { [HearthLabels.WorkerState] = WorkerState.Idle },
        ["annotations"] = new JsonObject(HearthAnnotations.OfClaim.Select(Removal)),
        ["ownerReferences"] = new JsonArray(JsonSerializer.SerializeToNode(pool.MakeOwnerReference(), ApiJsonContext.Default.V1OwnerReference)),
    };

    private static KeyValuePair<string, JsonNode?> Removal(string key) => new(key, null);
}
