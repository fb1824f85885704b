namespace Hearth.Api;

/// <summary>Annotations on objects that Hearth makes.</summary>
public static class HearthAnnotations
{
    /// <summary>On worker pods: who claimed it (identity of a gateway or operator). Set by the claim.</summary>
    public const string ClaimedBy = "hearth.dev/claimed-by";

    /// <summary>On worker pods: when it was claimed or last known to serve, RFC 3339. Set by the claim, so that no reaper takes it first.</summary>
    public const string LastUsed = "hearth.dev/last-used";

    /// <summary>On worker pods: id of the assignment; requests that name another are refused by the worker. Set by the claim.</summary>
    public const string Assignment = "hearth.dev/assignment";

    /// <summary>On worker pods: generation of the InferenceFunction that was assigned. Set by the claim.</summary>
    public const string FunctionGeneration = "hearth.dev/function-generation";

    /// <summary>On worker pods: hash of the part of the function's spec that the worker is made from; a worker with another hash is replaced. Set by the claim.</summary>
    public const string FunctionHash = "hearth.dev/function-hash";

    /// <summary>On worker pods: uid of the TrainingJob that the worker was taken for; another job of the same name gives it back. Set by the claim.</summary>
    public const string TrainingJobUid = "hearth.dev/training-job-uid";

    /// <summary>On worker pods: number of the TrainingJob's group of workers that this one is in. Set by the claim.</summary>
    public const string TrainingAttempt = "hearth.dev/training-attempt";

    /// <summary>On worker pods: which of its group the worker is, from 0. Set by the claim.</summary>
    public const string TrainingRank = "hearth.dev/training-rank";

    /// <summary>On worker pods: hash of the FederatedAggregation that the worker is made for; an aggregator with another hash is replaced. Set by the claim.</summary>
    public const string FederationHash = "hearth.dev/federation-hash";

    /// <summary>On worker pods: <see cref="Workers.ColdStart"/> as JSON. Set when the assignment is ready.</summary>
    public const string ColdStart = "hearth.dev/cold-start";

    /// <summary>On worker pods: <see cref="Workers.AssignmentFailure"/> as JSON. Set when the assignment failed.</summary>
    public const string Failure = "hearth.dev/failure";

    /// <summary>On worker pods: why requests are not batched although the function asks for it. Set when the assignment is ready.</summary>
    public const string NotBatched = "hearth.dev/not-batched";

    /// <summary>On worker pods: hash of what the pool's spec made of the pod. Set when the pod is made; idle workers with another hash than the pool's are replaced.</summary>
    public const string TemplateHash = "hearth.dev/template-hash";

    /// <summary>
    /// On worker pods: <see cref="Workers.ArtifactReport"/>, what the worker's cache held when it was last asked. Set when an assignment is ready, and on an idle
    /// worker whose node nobody has told about; it outlives the release.
    /// </summary>
    public const string Artifacts = "hearth.dev/artifacts";

    /// <summary>On gateway leases: base URL of the gateway's operations port, where <c>/load</c> is.</summary>
    public const string LoadUrl = "hearth.dev/load-url";

    /// <summary>On gateway leases: base URL at which callers reach the gateway.</summary>
    public const string GatewayUrl = "hearth.dev/gateway-url";

    /// <summary>What a claim and what follows it write on a worker pod; the release removes them.</summary>
    public static IReadOnlyList<string> OfClaim { get; } =
        [ClaimedBy, LastUsed, Assignment, FunctionGeneration, FunctionHash, TrainingJobUid, TrainingAttempt, TrainingRank, FederationHash, ColdStart, Failure, NotBatched];
}
