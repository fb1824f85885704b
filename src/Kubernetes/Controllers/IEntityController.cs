using Hearth.Api.Meta;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Brings the world towards what one object asks for. Named after KubeOps' interface.</summary>
/// <remarks>
/// Level-based: a call says that something about the object may have changed, never what. Calls may come twice for one change and once for many.
/// One object is in at most one call at a time; different objects are reconciled in parallel. The entity is from the local cache and may be
/// stale: effects must be idempotent and a conflict means that a newer version will be handed in.
/// </remarks>
public interface IEntityController<TEntity>
    where TEntity : class, IResource<TEntity>
{
    /// <summary>
    /// Success: done until something changes, or until <see cref="ReconciliationResult{TEntity}.RequeueAfter"/>. Failure, or an exception: tried
    /// again with per-item exponential back-off (or after the given time), and logged. A conflict is retried quietly.
    /// </summary>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancel);

    /// <summary>
    /// The object is gone. Dependants are collected by their owner references; this is for what lives outside the cluster or in memory. Does nothing
    /// unless overridden.
    /// </summary>
    Task<ReconciliationResult<TEntity>> DeletedAsync(TEntity entity, CancellationToken cancel) =>
        Task.FromResult(ReconciliationResult<TEntity>.Success(entity));
}
