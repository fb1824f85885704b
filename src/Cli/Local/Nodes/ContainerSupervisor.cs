using System.ComponentModel;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Microsoft.Extensions.Logging;

namespace Hearth.Cli.Local.Nodes;

/// <summary>Keeps one container of a pod running as its pod's restart policy asks, and says how it stands.</summary>
internal sealed partial class ContainerSupervisor
{
    // What a container waits for (a Secret, a directory) is usually on its way; a kubelet looks again in the same order of time.
    private static readonly TimeSpan ConfigRetry = TimeSpan.FromSeconds(1);

    private readonly V1Container _container;
    private readonly PodSandbox _sandbox;
    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Lock _lock = new();
    private readonly CrashBackoff _backoff = new();
    private int _run;
    private string? _killedBecause;

    /// <param name="container">The container.</param>
    /// <param name="sandbox">Its pod.</param>
    /// <param name="changed">Called after each change of <see cref="Status"/>.</param>
    public ContainerSupervisor(V1Container container, PodSandbox sandbox, Action changed)
    {
        _container = container;
        _sandbox = sandbox;
        _changed = changed;
        _time = sandbox.Node.Time;
        _log = sandbox.Node.Logs.CreateLogger<ContainerSupervisor>();
        Status = ContainerStates.Initial(container, sandbox.Pod.Status?.ContainerStatuses?.FirstOrDefault(s => s.Name == container.Name));
        _run = Status.RestartCount;
    }

    /// <summary>How the container stands. Each value is complete in itself.</summary>
    public V1ContainerStatus Status { get; private set; }

    /// <summary>
    /// Runs the container until it has ended for good or was stopped: <paramref name="stop"/> asks its process to end, <paramref name="kill"/>
    /// ends it. No process is left then.
    /// </summary>
    public async Task RunAsync(CancellationToken stop, CancellationToken kill)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var started = _time.GetTimestamp();
                if (await StartAsync(stop) is not var (process, probes))
                {
                    await Task.Delay(ConfigRetry, _time, stop);
                    continue;
                }
                using (process)
                    await WatchAsync(process, probes, stop, kill);
                if (stop.IsCancellationRequested || !Restarts(Status.State!.Terminated!.ExitCode))
                    return;
                await BackOffAsync(_backoff.Next(_time.GetElapsedTime(started)), stop);
                _run++;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Asked to stop while nothing ran.
        }
    }

    private bool Restarts(int exitCode) => _sandbox.Pod.Spec.RestartPolicy switch
    {
        "Never" => false,
        "OnFailure" => exitCode != 0,
        _ => true,
    };

    /// <summary>Starts a run; null when the container has to wait, which its status then explains.</summary>
    private async Task<(ContainerProcess Process, ContainerProbes Probes)?> StartAsync(CancellationToken stop)
    {
        try
        {
            var probes = new ContainerProbes(_container, _sandbox.Address, _sandbox.Node.Http, _time);
            var log = _sandbox.MakeLogFile(_container, _run);
            var command = await _sandbox.PrepareAsync(_container, stop);
            var process = ContainerProcess.Start(command, _sandbox.PidFile(_container), log);
            Log.Started(_log, _sandbox.Pod.Namespace(), _sandbox.Pod.Name(), _container.Name, process.Id);
            Change(s => s.Running($"process://{process.Id}", _run, _time.GetUtcNow()));
            return (process, probes);
        }
        catch (ContainerConfigException e)
        {
            return Wait(e.Reason, e.Message);
        }
        catch (Win32Exception e)
        {
            return Wait(ContainerStates.RunContainerError, e.Message);
        }
        catch (Exception e) when (e is KubernetesException or HttpRequestException or IOException)
        {
            return Wait(ContainerConfigException.CreateContainerConfigError, e.Message);
        }
    }

    private (ContainerProcess, ContainerProbes)? Wait(string reason, string message)
    {
        Change(s => s.Waiting(reason, message));
        return null;
    }

    /// <summary>Follows a run to its end, be it its own, a probe's or the pod's.</summary>
    private async Task WatchAsync(ContainerProcess process, ContainerProbes probes, CancellationToken stop, CancellationToken kill)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _killedBecause = null;
        var probing = probes.RunAsync(
            ready => Change(s => s with { Ready = ready && !ended.IsCancellationRequested }), because => GiveUp(because, ended), ended.Token);
        var exit = process.WaitAsync();
        await Task.WhenAny(exit, Task.Delay(Timeout.InfiniteTimeSpan, _time, ended.Token));
        if (!exit.IsCompleted)
            await StopAsync(process, exit, kill);
        await ended.CancelAsync();
        await probing;
        var code = await exit;
        Log.Ended(_log, _sandbox.Pod.Namespace(), _sandbox.Pod.Name(), _container.Name, code, _killedBecause);
        Change(s => s.Terminated(code, _killedBecause, _time.GetUtcNow()));
    }

    private void GiveUp(string because, CancellationTokenSource run)
    {
        _killedBecause = because;
        run.Cancel();
    }

    private async Task StopAsync(ContainerProcess process, Task exit, CancellationToken kill)
    {
        Change(s => s with { Ready = false });
        process.Terminate();
        // The pod's own end brings its own deadline; a run that a probe gave up has the grace period of the pod.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(_sandbox.Pod.Spec.TerminationGracePeriodSeconds ?? 30), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, kill);
        await Task.WhenAny(exit, Task.Delay(Timeout.InfiniteTimeSpan, _time, either.Token));
        if (!exit.IsCompleted)
            process.Kill();
        await exit;
        await either.CancelAsync();
    }

    private async Task BackOffAsync(TimeSpan wait, CancellationToken stop)
    {
        if (wait == TimeSpan.Zero)
            return;
        Change(s => s.Waiting(
            ContainerStates.CrashLoopBackOff,
            $"back-off {wait.TotalSeconds:0}s restarting failed container={_container.Name} pod={_sandbox.Pod.Name()}_{_sandbox.Pod.Namespace()}"));
        await Task.Delay(wait, _time, stop);
    }

    private void Change(Func<V1ContainerStatus, V1ContainerStatus> change)
    {
        lock (_lock)
            Status = change(Status);
        _changed();
    }

    private static partial class Log
    {
        [LoggerMessage(2001, LogLevel.Information, "Started container {Container} of {Namespace}/{Name} as process {ProcessId}")]
        public static partial void Started(ILogger logger, string @namespace, string name, string container, int processId);

        [LoggerMessage(2002, LogLevel.Information, "Container {Container} of {Namespace}/{Name} ended with exit code {ExitCode} {Because}")]
        public static partial void Ended(ILogger logger, string @namespace, string name, string container, int exitCode, string? because);
    }
}
