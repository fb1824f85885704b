namespace Hearth.Api.Workers;

/// <summary>Why a worker did not start a request. Each is safe to send elsewhere, whatever the verb.</summary>
public enum RefusalReason
{
    /// <summary>The worker carries another assignment than the request names, or none.</summary>
    NotAssigned,

    /// <summary>The assignment is still loading.</summary>
    NotReady,

    /// <summary>The hard concurrency limit is reached.</summary>
    AtCapacity,

    /// <summary>The worker drains.</summary>
    Draining,
}
