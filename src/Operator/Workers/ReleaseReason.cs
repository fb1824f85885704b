namespace Hearth.Operator.Workers;

/// <summary>Why a worker is given back.</summary>
internal enum ReleaseReason
{
    /// <summary>Its assignment failed.</summary>
    Failed,

    /// <summary>Its pod ended.</summary>
    Ended,

    /// <summary>Its process was started again and lost the assignment.</summary>
    Restarted,

    /// <summary>It gave no answer for too long. Nor would it answer a request to reset, so its pod is deleted.</summary>
    Silent,

    /// <summary>An earlier release was broken off.</summary>
    Draining,

    /// <summary>Nobody asked for the keep-alive time.</summary>
    Idle,

    /// <summary>There are more workers than the load needs.</summary>
    ScaledDown,

    /// <summary>Its owner's spec changed, and a current worker serves or none is needed.</summary>
    Outdated,

    /// <summary>Its owner is suspended.</summary>
    Suspended,

    /// <summary>It was claimed long ago and never came to serve.</summary>
    Stuck,

    /// <summary>Another worker of its group was lost, and with that the group.</summary>
    Broken,

    /// <summary>Its work is done, and the time for questions about it is over.</summary>
    Completed,

    /// <summary>Its owner does not exist.</summary>
    Orphaned,
}
