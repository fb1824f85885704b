using Microsoft.Extensions.Logging;

namespace Hearth.Operator.Workers;

/// <summary>Work that outlasts a reconcile, at most one piece per key. What it does must show in the cluster: it is lost when the process ends.</summary>
/// <remarks>
/// Work that fails is tried again by the reconcile that planned it, never at once: its key stays busy for a second, twice as long after each further failure.
/// Without that a reconcile that sees an old copy of the cluster, or a server that refuses, would be a loop that nothing slows down.
/// </remarks>
internal sealed partial class BackgroundWork(TimeProvider time, ILogger log) : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Task> _running = [];
    private readonly Dictionary<string, RetryGate> _failed = [];
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Whether work runs under the key, or has failed and may not be tried again yet.</summary>
    public bool IsBusy(string key)
    {
        lock (_lock)
            return _running.ContainsKey(key) || (_failed.TryGetValue(key, out var gate) && time.GetUtcNow() < gate.OpensAt);
    }

    /// <summary>Starts work under a key, unless that is busy.</summary>
    /// <param name="key">What the work is about.</param>
    /// <param name="work">True when it is done, which the cluster then shows; false, or an exception, when it has to be tried again if it is still wanted.</param>
    /// <param name="retry">Called when work that was not done may be tried again.</param>
    public void Start(string key, Func<CancellationToken, Task<bool>> work, Action retry)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_stop.IsCancellationRequested || IsBusy(key))
                return;
            _running.Add(key, ended.Task);
        }
        _ = RunAsync(key, work, retry, ended);
    }

    /// <summary>Completes when nothing runs; what waits to be tried again does not run.</summary>
    public async Task WhenIdleAsync()
    {
        while (Running() is { Length: > 0 } running)
            await Task.WhenAll(running);
    }

    /// <summary>Cancels everything and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenIdleAsync();
        _stop.Dispose();
    }

    private Task[] Running()
    {
        lock (_lock)
            return [.. _running.Values];
    }

    private async Task RunAsync(string key, Func<CancellationToken, Task<bool>> work, Action retry, TaskCompletionSource ended)
    {
        var stop = _stop.Token;
        var wait = End(key, await TryAsync(key, work, stop));
        ended.SetResult();
        if (wait is null)
            return;
        await Task.Delay(wait.Value, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stop.IsCancellationRequested)
            retry();
    }

    private async Task<bool> TryAsync(string key, Func<CancellationToken, Task<bool>> work, CancellationToken stop)
    {
        try
        {
            return await work(stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e)
        {
            Log.Failed(log, key, e);
            return false;
        }
    }

    /// <summary>Frees the key of work that is done; otherwise says how long it stays busy.</summary>
    private TimeSpan? End(string key, bool isDone)
    {
        lock (_lock)
        {
            _running.Remove(key);
            if (isDone)
            {
                _failed.Remove(key);
                return null;
            }
            var now = time.GetUtcNow();
            foreach (var forgiven in _failed.Where(f => f.Value.IsForgiven(now)).Select(f => f.Key).ToArray())
                _failed.Remove(forgiven);
            if (!_failed.TryGetValue(key, out var gate))
                _failed[key] = gate = new(FirstWait);
            gate.Fail(now);
            return gate.OpensAt - now;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Work} failed and will be tried again by a later reconcile")]
        public static partial void Failed(ILogger log, string work, Exception error);
    }
}
