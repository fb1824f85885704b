using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;

namespace Hearth.Operator.Workers;

/// <summary>What wakes pools and the owners of their workers.</summary>
internal static class Wakeups
{
    // A cold start whose model is small has been answered by then.
    private static readonly TimeSpan ClaimDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long a pod's change may wait: a worker was claimed or came to serve. Nothing of what follows from that is urgent, while a caller waits for what the
    /// API server and the node are busy with now.
    /// </summary>
    public static TimeSpan AfterClaim(InformerEvent<V1Pod> change) =>
        change is { Old: { } old, New: { } pod } && old.State() != pod.State() && pod.State() is (WorkerState.Claimed or WorkerState.Assigned)
            ? ClaimDelay
            : TimeSpan.Zero;

    /// <summary>Wakes the pool of an owner that went: its workers are orphans of the pool.</summary>
    public static void WhenGone<T>(ControllerHost host, Func<T, string> poolOf, Action<ObjectKey> enqueuePool)
        where T : class, IResource<T> => host.Informer<T>().Subscribe(change =>
        {
            if (change.New is null)
                enqueuePool(new(change.Object.Namespace(), poolOf(change.Object)));
        });

    /// <summary>Wakes the functions that name another as their fallback when that one comes, goes, or is suspended.</summary>
    public static void WhenFallbackComesOrGoes(IInformer<InferenceFunction> functions, Action<ObjectKey> enqueue) => functions.Subscribe(change =>
    {
        if (change is { Old: { } before, New: { } after } && before.Spec.Suspend == after.Spec.Suspend)
            return;
        foreach (var function in functions.List(change.Object.Namespace()))
        {
            if (function.Spec.Fallback == change.Object.Name())
                enqueue(new(function.Namespace(), function.Name()));
        }
    });

    /// <summary>Wakes the owners that name a pool when it comes or goes. How it is does not matter to them.</summary>
    public static void WhenPoolComesOrGoes<T>(ControllerHost host, Func<T, string> poolOf, Action<ObjectKey> enqueueOwner)
        where T : class, IResource<T> => host.Informer<WorkerPool>().Subscribe(change =>
        {
            if (change is { Old: not null, New: { } pool } && pool.IsDeleting() == change.Old.IsDeleting())
                return;
            foreach (var owner in host.Informer<T>().List(change.Object.Namespace()))
            {
                if (poolOf(owner) == change.Object.Name())
                    enqueueOwner(new(owner.Namespace(), owner.Name()));
            }
        });
}
