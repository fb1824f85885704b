namespace Hearth.Gateway.Functions;

/// <summary>A request that waits for a worker.</summary>
/// <param name="arrived">Timestamp of the request's arrival at the gateway.</param>
/// <param name="enqueued">Timestamp at which it began to wait.</param>
/// <param name="mayStart">Whether a worker may be started for it although the traffic does not ask for the revision.</param>
internal sealed class Waiter(long arrived, long enqueued, bool mayStart = false)
{
    private readonly TaskCompletionSource<Admission> _admission = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Timestamp of the request's arrival at the gateway.</summary>
    public long Arrived { get; } = arrived;

    /// <summary>Timestamp at which it began to wait.</summary>
    public long Enqueued { get; } = enqueued;

    /// <summary>Whether a worker may be started for it although the traffic does not ask for the revision.</summary>
    public bool MayStart { get; } = mayStart;

    /// <summary>Completes when the request gets a worker or is refused.</summary>
    public Task<Admission> Admission => _admission.Task;

    /// <summary>Ends the wait.</summary>
    public void Admit(Admission admission) => _admission.SetResult(admission);

    /// <summary>Ends the wait with an <see cref="OperationCanceledException"/>.</summary>
    public void Cancel(CancellationToken cancel) => _admission.SetCanceled(cancel);
}
