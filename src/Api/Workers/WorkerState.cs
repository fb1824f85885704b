namespace Hearth.Api.Workers;

/// <summary>Values of the label <see cref="HearthLabels.WorkerState"/>.</summary>
/// <remarks>
/// <code>
///   idle ──claim──► claimed ──ready──► assigned ──keep-alive over──► draining ──► idle | deleted
///                      └────failed───► failed ────────────────────────┘
/// </code>
/// A pod made for a function (pool miss) starts as claimed. A pod that is starting for the pool is idle and not Ready.
/// </remarks>
public static class WorkerState
{
    /// <summary>Belongs to the pool; claimable when the pod is Ready.</summary>
    public const string Idle = "idle";

    /// <summary>Taken for an owner; its assignment is under way.</summary>
    public const string Claimed = "claimed";

    /// <summary>Serves its owner.</summary>
    public const string Assigned = "assigned";

    /// <summary>Its assignment failed; the operator reads why and releases it.</summary>
    public const string Failed = "failed";

    /// <summary>Takes no new requests; released once the running ones end.</summary>
    public const string Draining = "draining";
}
