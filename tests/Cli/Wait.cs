namespace Hearth.Cli.Tests;

/// <summary>Waits for a state of the outside world that announces itself to nobody.</summary>
internal static class Wait
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    /// <summary>Completes once <paramref name="condition"/> holds, and fails when it does not within <paramref name="limit"/>.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (!condition())
        {
            if (timeout.IsCancellationRequested)
                throw new TimeoutException($"waited {limit} for {what}");
            await Task.Delay(Period, TimeProvider.System);
        }
    }
}
