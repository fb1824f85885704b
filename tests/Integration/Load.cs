using System.Collections.Concurrent;
using System.Diagnostics;

namespace Hearth.Integration.Tests;

/// <summary>Steady load on one URL by a fixed number of callers, each sending its next request when the last was answered.</summary>
internal sealed class Load : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
    private readonly Task[] _callers;
    private readonly Func<HttpRequestMessage> _request;
    private readonly ConcurrentBag<TaskCompletionSource> _awaiting = [];
    private long _answered;
    private long _slowest;

    public Load(int callers, Func<HttpRequestMessage> request)
    {
        _request = request;
        _callers = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync))];
    }

    /// <summary>Number of answers by outcome: <c>200</c>, <c>502 ERR_...</c>, or the kind of connection failure.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public long Succeeded => Interlocked.Read(ref _answered);

    /// <summary>Longest time a caller waited for an answer or failure.</summary>
    public TimeSpan Slowest => TimeSpan.FromTicks(Interlocked.Read(ref _slowest));

    /// <summary>Completes when <paramref name="more"/> further requests have succeeded.</summary>
    public async Task SucceedAsync(int more)
    {
        var target = Succeeded + more;
        while (Succeeded < target)
        {
            var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaiting.Add(next);
            if (Succeeded >= target) return;
            await next.Task.WaitAsync(HearthProcess.Patience);
        }
    }

    public override string ToString() =>
        string.Join(", ", _outcomes.OrderByDescending(o => o.Value).Select(o => $"{o.Key}: {o.Value}")) + $"; slowest {Slowest.TotalMilliseconds:0} ms";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_callers);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task CallAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            var outcome = await CallOnceAsync();
            var took = Stopwatch.GetElapsedTime(started).Ticks;
            for (var seen = Interlocked.Read(ref _slowest); took > seen; seen = Interlocked.Read(ref _slowest))
                Interlocked.CompareExchange(ref _slowest, took, seen);
            _outcomes.AddOrUpdate(outcome, 1, (_, n) => n + 1);
            if (outcome != "200") continue;
            Interlocked.Increment(ref _answered);
            while (_awaiting.TryTake(out var waiting))
                waiting.TrySetResult();
        }
    }

    private async Task<string> CallOnceAsync()
    {
        try
        {
            using var request = _request();
            using var answer = await _http.SendAsync(request);
            var body = await answer.Content.ReadAsStringAsync();
            if ((int)answer.StatusCode == 200) return "200";
            var code = body.IndexOf("ERR_", StringComparison.Ordinal) is var at and >= 0 ? body[at..Math.Min(body.Length, body.IndexOf('"', at))] : "";
            return $"{(int)answer.StatusCode} {code}".TrimEnd();
        }
        catch (HttpRequestException e)
        {
            return e.HttpRequestError.ToString();
        }
        catch (TaskCanceledException)
        {
            return "no answer in 30 s";
        }
    }
}
