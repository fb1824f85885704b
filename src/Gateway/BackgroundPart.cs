namespace Hearth.Gateway;

/// <summary>Something that runs until it is disposed.</summary>
internal sealed class BackgroundPart : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    /// <summary>Starts <paramref name="run"/>, which ends, without failing, when it is cancelled.</summary>
    public BackgroundPart(Func<CancellationToken, Task> run) => _running = Task.Run(() => run(_stopping.Token));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }
}
