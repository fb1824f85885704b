using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator.Workers;

/// <summary>Work that outlasts a reconcile, at most one piece per key. What it does must show in the cluster: it is lost when the process ends.</summary>
internal sealed partial class BackgroundWork(ILogger log) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Task> _running = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Whether work runs under the key.</summary>
    public bool IsBusy(string key) => _running.ContainsKey(key);

    /// <summary>Starts work under a key, unless some runs under it. <paramref name="done"/> is called when it has ended, well or not.</summary>
    public void Start(string key, Func<CancellationToken, Task> work, Action done)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_stop.IsCancellationRequested && _running.TryAdd(key, started.Task))
            _ = RunAsync(key, work, done, started);
    }

    /// <summary>Completes when nothing runs.</summary>
    public async Task WhenIdleAsync()
    {
        while (!_running.IsEmpty)
            await Task.WhenAll(_running.Values);
    }

    /// <summary>Cancels everything and waits for its end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await WhenIdleAsync();
        _stop.Dispose();
    }

    private async Task RunAsync(string key, Func<CancellationToken, Task> work, Action done, TaskCompletionSource ended)
    {
        try
        {
            await work(_stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            Log.Failed(log, key, e);
        }
        finally
        {
            // The key is free before the caller is told, so that a reconcile woken by it may start the next piece.
            _running.TryRemove(key, out _);
            ended.SetResult();
            if (!_stop.IsCancellationRequested)
                done();
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Work} failed and will be tried again by the next reconcile")]
        public static partial void Failed(ILogger log, string work, Exception error);
    }
}
