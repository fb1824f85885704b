namespace Hearth.Api.InferenceFunctions;

/// <summary>Condition types and reasons of an InferenceFunction.</summary>
public static class InferenceFunctionConditions
{
    /// <summary>Summary: a request will be answered.</summary>
    public const string Ready = "Ready";

    /// <summary>The model was loaded the last time it was tried. Unknown before the first try.</summary>
    public const string ModelLoaded = "ModelLoaded";

    /// <summary>The pool exists.</summary>
    public const string PoolAvailable = "PoolAvailable";

    /// <summary>Every share of the traffic goes to the revision that <c>spec.traffic</c> asks for.</summary>
    public const string RolledOut = "RolledOut";

    /// <summary>RolledOut=False: workers of the latest revision start; the one before serves meanwhile.</summary>
    public const string Warming = "Warming";

    /// <summary>RolledOut=False, and the reason of an event: no GPU is left for a worker beside the old ones, so these go first.</summary>
    public const string Recreating = "Recreating";

    /// <summary>RolledOut=False: the latest revision does not load; the last ready one keeps the traffic.</summary>
    public const string RevisionFailed = "RevisionFailed";

    /// <summary>RolledOut=False: spec.traffic names a revision that is not in the history; its share goes to the latest.</summary>
    public const string RevisionNotFound = "RevisionNotFound";

    /// <summary>The function that <c>spec.fallback</c> names exists and is not suspended. Only where one is named.</summary>
    public const string FallbackAvailable = "FallbackAvailable";

    /// <summary>FallbackAvailable=True.</summary>
    public const string FallbackFound = "FallbackFound";

    /// <summary>FallbackAvailable=False: no function of that name in the namespace.</summary>
    public const string FallbackNotFound = "FallbackNotFound";

    /// <summary>FallbackAvailable=False: the user suspended it.</summary>
    public const string FallbackSuspended = "FallbackSuspended";

    /// <summary>Requests are joined into one run of the model. Only where <c>spec.batching</c> is given.</summary>
    public const string Batching = "Batching";

    /// <summary>Batching=True.</summary>
    public const string Batched = "Batched";

    /// <summary>Batching=False: the model, or a container, takes no joined requests; the message says why. They are run one by one.</summary>
    public const string CannotBatch = "CannotBatch";

    /// <summary>Ready=True: at least one worker serves.</summary>
    public const string Serving = "Serving";

    /// <summary>Ready=True: no worker serves, the next request brings one. A healthy state.</summary>
    public const string ScaledToZero = "ScaledToZero";

    /// <summary>Ready=False: workers start to reach <c>scale.min</c>.</summary>
    public const string Starting = "Starting";

    /// <summary>Ready=False: the user suspended the function.</summary>
    public const string Suspended = "Suspended";

    /// <summary>Ready=False, PoolAvailable=False: no WorkerPool of that name in the namespace.</summary>
    public const string PoolNotFound = "PoolNotFound";

    /// <summary>PoolAvailable=True.</summary>
    public const string PoolFound = "PoolFound";

    /// <summary>ModelLoaded=True.</summary>
    public const string Loaded = "Loaded";

    /// <summary>ModelLoaded=Unknown, Batching=Unknown: no worker has tried yet.</summary>
    public const string NotTried = "NotTried";

    /// <summary>Ready=False: the spec breaks a rule; the message names every fault.</summary>
    public const string InvalidSpec = "InvalidSpec";
}
