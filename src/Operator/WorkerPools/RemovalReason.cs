namespace Hearth.Operator.WorkerPools;

/// <summary>Why an idle worker is deleted.</summary>
internal enum RemovalReason
{
    /// <summary>Its pod ended: evicted, preempted, refused by the node.</summary>
    Ended,

    /// <summary>The pool has more idle workers than it keeps.</summary>
    Excess,

    /// <summary>The pool's spec would make it differently now.</summary>
    Outdated,
}
