using Hearth.Api.Core;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Asks one probe again and again and tells when its verdict changes, with the thresholds and defaults of Kubernetes.</summary>
internal sealed class ProbeLoop(V1Probe probe, Func<CancellationToken, Task<bool>> check, TimeProvider time)
{
    // A worker that is ready is worth more the sooner it is known: until the first success a probe is asked every 20 ms, for 10 s at most.
    private static readonly TimeSpan EagerPeriod = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan EagerTime = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _period = TimeSpan.FromSeconds(probe.PeriodSeconds ?? 10);
    private readonly TimeSpan _timeout = TimeSpan.FromSeconds(probe.TimeoutSeconds ?? 1);
    private readonly int _failureThreshold = probe.FailureThreshold ?? 3;
    private readonly int _successThreshold = probe.SuccessThreshold ?? 1;

    /// <summary>Runs until cancelled. <paramref name="verdict"/> starts out as <paramref name="initial"/> and is called on each change.</summary>
    public async Task RunAsync(bool initial, Action<bool> verdict, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var (current, successes, failures) = (initial, 0, 0);
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), time, cancel);
        while (true)
        {
            var ok = await CheckAsync(cancel);
            (successes, failures) = ok ? (successes + 1, 0) : (0, failures + 1);
            if (current ? failures >= _failureThreshold : successes >= _successThreshold)
            {
                current = !current;
                verdict(current);
            }
            var eager = !initial && !current && time.GetElapsedTime(started) < EagerTime;
            await Task.Delay(eager && EagerPeriod < _period ? EagerPeriod : _period, time, cancel);
        }
    }

    private async Task<bool> CheckAsync(CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        var ok = await check(both.Token);
        cancel.ThrowIfCancellationRequested();
        return ok;
    }
}
