namespace Hearth.Operator.TrainingJobs;

/// <summary>What a plan found a job to be doing; told by the reason of its summary condition, and decided anew in every reconcile.</summary>
internal enum TrainingJobPhase
{
    /// <summary>The user suspended it.</summary>
    Suspended,

    /// <summary>Workers are needed and the pool is not there.</summary>
    NoPool,

    /// <summary>Workers are being gathered.</summary>
    Gathering,

    /// <summary>Not all workers came in time; it waits for the next try.</summary>
    NotReady,

    /// <summary>All workers are there and load.</summary>
    Starting,

    /// <summary>All workers train.</summary>
    Training,

    /// <summary>A worker was lost; it waits for the next try, or for the others to be given back.</summary>
    Restarting,

    /// <summary>It is done.</summary>
    Succeeded,

    /// <summary>It has failed for good.</summary>
    Failed,

    /// <summary>It ended in an earlier reconcile.</summary>
    Ended,
}
