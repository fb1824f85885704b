using System.Net;
using Hearth.Api.Core;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The three probes of one container.</summary>
internal sealed class ContainerProbes
{
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly (V1Probe Probe, ProbeTarget Target)? _startup;
    private readonly (V1Probe Probe, ProbeTarget Target)? _readiness;
    private readonly (V1Probe Probe, ProbeTarget Target)? _liveness;

    /// <exception cref="ContainerConfigException">A probe is of a kind that process nodes do not have.</exception>
    public ContainerProbes(V1Container container, IPAddress podIP, HttpClient http, TimeProvider time)
    {
        _http = http;
        _time = time;
        _startup = Read(container.StartupProbe);
        _readiness = Read(container.ReadinessProbe);
        _liveness = Read(container.LivenessProbe);

        (V1Probe, ProbeTarget)? Read(V1Probe? probe) => probe is null ? null : (probe, ProbeTarget.Of(probe, container, podIP));
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="ready">Called when readiness changes; a container without a readiness probe is ready once it has started.</param>
    /// <param name="failed">Called when the startup or the liveness probe gives the container up.</param>
    /// <param name="cancel">Ends the probes.</param>
    public async Task RunAsync(Action<bool> ready, Action<string> failed, CancellationToken cancel)
    {
        try
        {
            if (_startup is { } startup && !await WaitForStartAsync(startup, cancel))
            {
                failed("startup probe failed");
                return;
            }
            var loops = new List<Task>();
            if (_liveness is { } liveness)
                loops.Add(Loop(liveness).RunAsync(true, _ => failed("liveness probe failed"), cancel));
            if (_readiness is { } readiness)
                loops.Add(Loop(readiness).RunAsync(false, ready, cancel));
            else
                ready(true);
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The container ended, which is how every run of probes ends.
        }
    }

    private async Task<bool> WaitForStartAsync((V1Probe Probe, ProbeTarget Target) startup, CancellationToken cancel)
    {
        var limit = TimeSpan.FromSeconds((startup.Probe.PeriodSeconds ?? 10) * (startup.Probe.FailureThreshold ?? 3));
        using var deadline = new CancellationTokenSource(limit, _time);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancel);
        var started = false;
        try
        {
            await Loop(startup).RunAsync(
                false,
                ok =>
                {
                    started |= ok;
                    ended.Cancel();
                },
                ended.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Passed, or out of time.
        }
        return started;
    }

    private ProbeLoop Loop((V1Probe Probe, ProbeTarget Target) probe) => new(probe.Probe, cancel => probe.Target.CheckAsync(_http, cancel), _time);
}
