using System.Diagnostics.CodeAnalysis;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Outcome of one reconcile. Named after KubeOps' record.</summary>
public sealed record ReconciliationResult<TEntity>
{
    private ReconciliationResult(TEntity entity, string? errorMessage, Exception? error, TimeSpan? requeueAfter)
    {
        Entity = entity;
        ErrorMessage = errorMessage;
        Error = error;
        RequeueAfter = requeueAfter;
    }

    public TEntity Entity { get; }

    /// <summary>Whether the object is as it should be, as far as this call goes.</summary>
    [MemberNotNullWhen(false, nameof(ErrorMessage))]
    public bool IsSuccess => ErrorMessage is null;

    public string? ErrorMessage { get; }

    public Exception? Error { get; }

    /// <summary>When to look again, whatever happens until then.</summary>
    public TimeSpan? RequeueAfter { get; }

    public static ReconciliationResult<TEntity> Success(TEntity entity, TimeSpan? requeueAfter = null) => new(entity, null, null, requeueAfter);

    public static ReconciliationResult<TEntity> Failure(
        TEntity entity, string errorMessage, Exception? error = null, TimeSpan? requeueAfter = null) =>
        new(entity, errorMessage, error, requeueAfter);
}
