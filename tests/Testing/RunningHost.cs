using Hearth.Kubernetes.Controllers;

namespace Hearth.Testing;

/// <summary>A host that runs until disposed, and must then end without an error.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <summary>Runs it.</summary>
    public RunningHost(ControllerHost host) => _running = host.RunAsync(_stop.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        _stop.Dispose();
    }
}
