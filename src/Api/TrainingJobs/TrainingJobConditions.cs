namespace Hearth.Api.TrainingJobs;

/// <summary>Condition types and reasons of a TrainingJob; the operator sets all of them.</summary>
public static class TrainingJobConditions
{
    /// <summary>Summary: True when the training is done, False when it has failed, Unknown before.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>All workers are at work.</summary>
    public const string Running = "Running";

    /// <summary>The pool exists.</summary>
    public const string PoolAvailable = "PoolAvailable";

    /// <summary>The user suspended the job.</summary>
    public const string Suspended = "Suspended";

    /// <summary>Succeeded=True: the model is written, or every container has exited with 0.</summary>
    public const string Completed = "Completed";

    /// <summary>Succeeded=Unknown, Running=False: workers are being gathered; none begins before all are ready.</summary>
    public const string WaitingForWorkers = "WaitingForWorkers";

    /// <summary>Succeeded=Unknown, Running=False: all workers are there and load data and model.</summary>
    public const string Starting = "Starting";

    /// <summary>Succeeded=Unknown, Running=True: all workers train.</summary>
    public const string Training = "Training";

    /// <summary>Succeeded=Unknown, Running=False: a worker was lost or failed; all are given back and gathered anew.</summary>
    public const string Restarting = "Restarting";

    /// <summary>Succeeded=Unknown, Running=False: not all workers were ready in time; those that were are given back until the next try.</summary>
    public const string WorkersNotReady = "WorkersNotReady";

    /// <summary>Suspended=False: <c>spec.suspend</c> is false.</summary>
    public const string NotSuspended = "NotSuspended";

    /// <summary>Succeeded=False: the job was started anew <c>runPolicy.backoffLimit</c> times, and failed again.</summary>
    public const string BackoffLimitExceeded = "BackoffLimitExceeded";

    /// <summary>Succeeded=False: <c>runPolicy.activeDeadlineSeconds</c> have passed.</summary>
    public const string DeadlineExceeded = "DeadlineExceeded";

    /// <summary>Succeeded=Unknown, PoolAvailable=False: no WorkerPool of that name in the namespace.</summary>
    public const string PoolNotFound = "PoolNotFound";

    /// <summary>PoolAvailable=True.</summary>
    public const string PoolFound = "PoolFound";

    /// <summary>Succeeded=False: the spec breaks a rule; the message names every fault.</summary>
    public const string InvalidSpec = "InvalidSpec";

    /// <summary>Running=False: the job has ended.</summary>
    public const string Ended = "Ended";
}
