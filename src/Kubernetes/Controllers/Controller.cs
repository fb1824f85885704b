using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Informers;
using Hearth.Kubernetes.Queues;
using Hearth.Kubernetes.Telemetry;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Controllers;

/// <summary>Takes names from the queue, hands the objects to the controller and does what its answer says.</summary>
internal sealed partial class Controller<T> : IHostedController
    where T : class, IResource<T>
{
    private static readonly Func<ILogger, string, string, string, long, IDisposable?> Scope =
        LoggerMessage.DefineScope<string, string, string, long>("namespace {Namespace} name {Name} uid {Uid} reconcile {ReconcileId}");

    private readonly IEntityController<T> _controller;
    private readonly IInformer<T> _informer;
    private readonly WorkQueue<ObjectKey> _queue;
    private readonly ControllerHostOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly DeletedObjects<T> _deleted = new();
    private readonly KeyValuePair<string, object?> _name;
    private long _reconciles;

    public Controller(
        string name,
        IEntityController<T> controller,
        IInformer<T> informer,
        WorkQueue<ObjectKey> queue,
        ControllerHostOptions options,
        TimeProvider time,
        ILogger log)
    {
        _name = new("controller", name);
        _controller = controller;
        _informer = informer;
        _queue = queue;
        _options = options;
        _time = time;
        _log = log;
        informer.Subscribe(OnChange);
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancel)
    {
        Announce();
        using (_queue)
            await Task.WhenAll(Enumerable.Range(0, _options.MaxConcurrentReconciles).Select(_ => WorkAsync(cancel)).Append(ResyncAsync(cancel)));
    }

    private void OnChange(InformerEvent<T> change)
    {
        var key = new ObjectKey(change.Object.Namespace(), change.Object.Name());
        if (change.New is null)
            _deleted.Add(key, change.Object);
        _queue.Add(key);
    }

    private async Task ResyncAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(_options.ResyncPeriod, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancel))
            {
                foreach (var entity in _informer.List())
                    _queue.AddRoutine(new ObjectKey(entity.Namespace(), entity.Name()));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task WorkAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                var key = await _queue.GetAsync(cancel);
                try
                {
                    await ProcessAsync(key, cancel);
                }
                finally
                {
                    _queue.Done(key);
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    private async Task ProcessAsync(ObjectKey key, CancellationToken cancel)
    {
        var deleted = _deleted.First(key);
        var entity = deleted ?? _informer.Get(key.Name, key.Namespace);
        if (entity is null)
        {
            _queue.Forget(key);
            return;
        }

        using var scope = Scope(_log, key.Namespace, key.Name, entity.Uid(), Interlocked.Increment(ref _reconciles));
        var startedAt = _time.GetTimestamp();
        KubernetesMetrics.ActiveWorkers.Add(1, _name);
        var result = await CallAsync(entity, deleted is not null, cancel);
        KubernetesMetrics.ActiveWorkers.Add(-1, _name);
        KubernetesMetrics.ReconcileTime.Record(_time.GetElapsedTime(startedAt).TotalSeconds, _name);
        cancel.ThrowIfCancellationRequested();
        Dispatch(key, result);
        if (deleted is not null && result.IsSuccess)
        {
            // Whatever has the name now gets its turn.
            _deleted.RemoveFirst(key);
            _queue.Add(key);
        }
    }

    private async Task<ReconciliationResult<T>> CallAsync(T entity, bool isDeleted, CancellationToken cancel)
    {
        try
        {
            return await (isDeleted ? _controller.DeletedAsync(entity, cancel) : _controller.ReconcileAsync(entity, cancel));
        }
        catch (Exception e)
        {
            if (e is not (KubernetesException or HttpRequestException or OperationCanceledException))
                KubernetesMetrics.ReconcilePanics.Add(1, _name);
            return ReconciliationResult<T>.Failure(entity, e.Message, e);
        }
    }

    private void Dispatch(ObjectKey key, ReconciliationResult<T> result)
    {
        switch (result)
        {
            case { IsSuccess: true, RequeueAfter: null }:
                Count("success");
                _queue.Forget(key);
                break;
            case { IsSuccess: true, RequeueAfter: { } after }:
                Count("requeue_after");
                _queue.Forget(key);
                _queue.AddAfter(key, after);
                break;
            case { Error: KubernetesException { IsConflict: true } }:
                Count("requeue");
                Log.Conflict(_log, T.Definition.Kind, key);
                _queue.AddRateLimited(key);
                break;
            case { RequeueAfter: { } after }:
                CountFailure(key, result);
                _queue.AddAfter(key, after);
                break;
            default:
                CountFailure(key, result);
                _queue.AddRateLimited(key);
                break;
        }
    }

    /// <summary>Every series from the start, as controller-runtime has it: a rate needs a first value.</summary>
    private void Announce()
    {
        KubernetesMetrics.MaxConcurrentReconciles.Record(_options.MaxConcurrentReconciles, _name);
        KubernetesMetrics.ActiveWorkers.Add(0, _name);
        KubernetesMetrics.ReconcileErrors.Add(0, _name);
        KubernetesMetrics.ReconcilePanics.Add(0, _name);
        foreach (var result in (string[])["success", "error", "requeue", "requeue_after"])
            KubernetesMetrics.Reconciles.Add(0, _name, new("result", result));
    }

    private void Count(string result) => KubernetesMetrics.Reconciles.Add(1, _name, new("result", result));

    private void CountFailure(ObjectKey key, ReconciliationResult<T> result)
    {
        Count("error");
        KubernetesMetrics.ReconcileErrors.Add(1, _name);
        Log.Failed(_log, T.Definition.Kind, key, result.ErrorMessage, result.Error);
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Debug, "{Kind} \"{Key}\" was changed by another writer meanwhile; reconciling again")]
        public static partial void Conflict(ILogger log, string kind, ObjectKey key);

        [LoggerMessage(51, LogLevel.Error, "Reconciling {Kind} \"{Key}\" failed and is tried again: {Reason}")]
        public static partial void Failed(ILogger log, string kind, ObjectKey key, string? reason, Exception? error);
    }
}
