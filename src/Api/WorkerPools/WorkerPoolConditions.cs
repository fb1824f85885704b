namespace Hearth.Api.WorkerPools;

/// <summary>Condition types and reasons of a WorkerPool.</summary>
public static class WorkerPoolConditions
{
    /// <summary>Summary: the pool has its warm workers.</summary>
    public const string Ready = "Ready";

    /// <summary>Ready=True: as many idle workers as wanted.</summary>
    public const string Warm = "Warm";

    /// <summary>Ready=False: workers are starting.</summary>
    public const string Starting = "Starting";

    /// <summary>Ready=False: workers do not start; the message repeats what the node says.</summary>
    public const string WorkersFailing = "WorkersFailing";

    /// <summary>Ready=False: the spec breaks a rule; the message names every fault.</summary>
    public const string InvalidSpec = "InvalidSpec";
}
