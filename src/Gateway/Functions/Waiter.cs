namespace Hearth.Gateway.Functions;

/// <summary>A request that waits for a worker.</summary>
/// <param name="terms">What it asks for.</param>
/// <param name="enqueued">Timestamp at which it began to wait.</param>
internal sealed class Waiter(in CallTerms terms, long enqueued)
{
    private readonly TaskCompletionSource<Admission> _admission = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What it asks for.</summary>
    public CallTerms Terms { get; } = terms;

    /// <summary>Timestamp at which it began to wait.</summary>
    public long Enqueued { get; } = enqueued;

    /// <summary>Its place in the line; null when it has left.</summary>
    public LinkedListNode<Waiter>? Place { get; set; }

    /// <summary>Completes when the request gets a worker or is refused.</summary>
    public Task<Admission> Admission => _admission.Task;

    /// <summary>Ends the wait.</summary>
    public void Admit(Admission admission) => _admission.SetResult(admission);

    /// <summary>Ends the wait with an <see cref="OperationCanceledException"/>.</summary>
    public void Cancel(CancellationToken cancel) => _admission.SetCanceled(cancel);
}
