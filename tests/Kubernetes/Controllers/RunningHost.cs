using Hearth.Kubernetes.Controllers;

namespace Hearth.Kubernetes.Tests.Controllers;

/// <summary>A host that runs until disposed, and must then end without an error.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public RunningHost(ControllerHost host) => _running = host.RunAsync(_stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(30));
        _stop.Dispose();
    }
}
