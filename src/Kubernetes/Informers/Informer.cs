using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Telemetry;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.Informers;

/// <summary>Keeps a local copy of one kind by listing it once and watching from there.</summary>
/// <remarks>
/// <list type="number">
/// <item>List; whatever the copy has and the list has not was deleted unseen, and is told as deleted.</item>
/// <item>Watch from the list's version. Bookmarks move the version on while nothing changes.</item>
/// <item>A watch that ends or breaks is taken up from the last version seen. When the server no longer has it (410), start over with 1.</item>
/// <item>A change that is told twice counts once; a watch that goes back in versions is not believed: start over with 1.</item>
/// <item>Every failure is logged, counted and tried again with back-off; only cancellation ends <see cref="RunAsync"/>.</item>
/// </list>
/// Handlers run on the informer's own flow, one after another: they must be quick and not wait for anything.
/// </remarks>
public sealed partial class Informer<T> : IInformer<T>, IRunnableInformer
    where T : class, IResource<T>
{
    private readonly Lock _delivery = new();
    private readonly InformerCache<T> _cache = new();
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IKubernetesClient _client;
    private readonly InformerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly SubscriberList<T> _subscribers;
    private readonly Random _random;
    private string? _resourceVersion;
    private int _failures;

    /// <param name="client">The API server.</param>
    /// <param name="options">What to copy.</param>
    /// <param name="time">Clock of waits and time limits.</param>
    /// <param name="logs">Where failures are reported.</param>
    /// <param name="random">Spreads waits; null for a new one.</param>
    public Informer(IKubernetesClient client, InformerOptions options, TimeProvider time, ILoggerFactory logs, Random? random = null)
    {
        _random = random ?? new Random();
        _client = client;
        _options = options;
        _time = time;
        _log = logs.CreateLogger<Informer<T>>();
        _subscribers = new SubscriberList<T>(_log, T.Definition.Kind);
    }

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompleted;

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancel) => _synced.Task.WaitAsync(cancel);

    /// <inheritdoc/>
    public T? Get(string name, string? ns) => _cache.Get(new ObjectKey(ns ?? "", name));

    /// <inheritdoc/>
    public IReadOnlyList<T> List(string? ns = null) => _cache.List(ns);

    /// <inheritdoc/>
    public IReadOnlyList<T> ByIndex(string index, string key) => _cache.ByIndex(index, key);

    /// <inheritdoc/>
    public void AddIndex(string index, Func<T, IEnumerable<string>> keys) => _cache.AddIndex(index, keys);

    /// <inheritdoc/>
    public IDisposable Subscribe(Action<InformerEvent<T>> handler)
    {
        lock (_delivery)
            return _subscribers.Add(handler, _cache.List(null));
    }

    /// <summary>Keeps the copy current until cancelled, then returns.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (_resourceVersion is null)
                    await ListAsync(cancel);
                await WatchAsync(cancel);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                await RecoverAsync(e, cancel);
            }
        }
    }

    private async Task ListAsync(CancellationToken cancel)
    {
        var selected = new ListOptions { LabelSelector = _options.LabelSelector, FieldSelector = _options.FieldSelector };
        var list = await _client.ListAsync<T>(_options.Namespace, selected, cancel);
        lock (_delivery)
        {
            var present = list.Items.Select(InformerCache<T>.KeyOf).ToHashSet();
            present.UnionWith(list.Unreadable.Select(m => new ObjectKey(m.Namespace ?? "", m.Name ?? "")));
            foreach (var missed in _cache.List(null).Where(o => !present.Contains(InformerCache<T>.KeyOf(o))))
                Remove(missed);
            foreach (var entity in list.Items)
                Upsert(entity);
        }

        _resourceVersion = list.ResourceVersion;
        _synced.TrySetResult();
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        var startedAt = _time.GetTimestamp();
        var moved = false;
        using var stalled = new CancellationTokenSource(_options.WatchTimeout + _options.WatchGrace, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, stalled.Token);
        try
        {
            await foreach (var change in _client.WatchAsync<T>(_options.Namespace, WatchOptions(), either.Token))
            {
                Apply(change);
                moved = true;
                _failures = 0;
            }
        }
        catch (OperationCanceledException e) when (stalled.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The server did not end a watch {_options.WatchGrace.TotalSeconds} s after it should have.", e);
        }

        // A server that ends every watch at once must not be asked in a tight loop.
        if (!moved && _time.GetElapsedTime(startedAt) < _options.BaseDelay)
            await Task.Delay(_options.BaseDelay, _time, cancel);
        else
            _failures = 0;
    }

    private ListOptions WatchOptions() => new()
    {
        LabelSelector = _options.LabelSelector,
        FieldSelector = _options.FieldSelector,
        ResourceVersion = _resourceVersion,
        Timeout = _options.WatchTimeout,
    };

    private void Apply(WatchEvent<T> change)
    {
        var order = CompareVersions(change.Object.Metadata.ResourceVersion, _resourceVersion);
        if (order < 0)
            throw new WatchOrderException($"A watch of {T.Definition.Plural} went back from version {_resourceVersion} to {change.Object.Metadata.ResourceVersion}.");
        if (order == 0)
            return;
        lock (_delivery)
        {
            // A list that came in pages may have been ahead of the version to watch from: what is older than the copy is known already.
            var isKnown = change.Type == WatchEventType.Bookmark || IsOlderThanCopy(change.Object);
            if (!isKnown && change.Type == WatchEventType.Deleted)
                Remove(change.Object);
            else if (!isKnown)
                Upsert(change.Object);
        }

        _resourceVersion = change.Object.Metadata.ResourceVersion;
    }

    private bool IsOlderThanCopy(T entity) =>
        _cache.Get(InformerCache<T>.KeyOf(entity)) is { } copy && CompareVersions(entity.Metadata.ResourceVersion, copy.Metadata.ResourceVersion) < 0;

    // Versions grow along a watch. One that was told already is told again by a network that repeats itself; one from before may speak of an
    // object that is gone since, which only a new list can tell.
    private static int CompareVersions(string? version, string? seen) =>
        ulong.TryParse(version, out var now) && ulong.TryParse(seen, out var before) ? now.CompareTo(before) : 1;

    private void Upsert(T entity)
    {
        var key = InformerCache<T>.KeyOf(entity);
        var old = _cache.Get(key);
        if (old is not null && old.Metadata.Uid != entity.Metadata.Uid)
        {
            // Deleted and made again between two lists: the old one's end must be told.
            Remove(old);
            old = null;
        }

        if (old?.Metadata.ResourceVersion is { } version && version == entity.Metadata.ResourceVersion)
            return;
        _cache.Replace(key, entity);
        _subscribers.Tell(new InformerEvent<T>(old, entity));
    }

    private void Remove(T entity)
    {
        if (_cache.Replace(InformerCache<T>.KeyOf(entity), null) is not null)
            _subscribers.Tell(new InformerEvent<T>(entity, null));
    }

    private async Task RecoverAsync(Exception error, CancellationToken cancel)
    {
        var isGone = error is KubernetesException { IsGone: true };
        var reason = isGone ? "gone" : error is TimeoutException ? "stalled" : error is WatchOrderException ? "order" : _resourceVersion is null ? "list" : "watch";
        KubernetesMetrics.InformerFailures.Add(1, new("kind", T.Definition.Kind), new("reason", reason));

        // The server understood and refused: asking the same again is of no use, so start over. Otherwise it may just be away for a while.
        if (error is WatchOrderException or KubernetesException { Status.Code: < 500 and not 429 })
            _resourceVersion = null;
        _failures++;
        var wait = isGone && _failures == 1 ? TimeSpan.Zero : NextWait();
        if (isGone)
            Log.Gone(_log, T.Definition.Plural, wait);
        else
            Log.Failed(_log, reason, T.Definition.Plural, wait, error.Message, IsExpected(error) ? null : error);
        await Task.Delay(wait, _time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What a server or a network does needs no stack trace.
    private static bool IsExpected(Exception error) => error is KubernetesException or HttpRequestException or TimeoutException or WatchOrderException;

    private TimeSpan NextWait()
    {
        var ticks = Math.Min(_options.BaseDelay.Ticks * Math.Pow(2, _failures - 1), _options.MaxDelay.Ticks);

        // Up to half off, so that many clients of one server do not come back all at once.
        return TimeSpan.FromTicks((long)(ticks * (1 - (_random.NextDouble() / 2))));
    }

    private static partial class Log
    {
        [LoggerMessage(31, LogLevel.Information, "The version of {Plural} to watch from is gone; listing again in {Wait}")]
        public static partial void Gone(ILogger log, string plural, TimeSpan wait);

        [LoggerMessage(32, LogLevel.Warning, "The {Reason} of {Plural} failed; trying again in {Wait}: {Error}")]
        public static partial void Failed(ILogger log, string reason, string plural, TimeSpan wait, string error, Exception? exception);
    }
}
