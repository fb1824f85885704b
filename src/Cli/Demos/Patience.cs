using Hearth.Api.Meta;

namespace Hearth.Cli.Demos;

/// <summary>Waits for something to hold, and says what it waited for when that takes longer than <paramref name="limit"/>.</summary>
internal sealed class Patience(TimeProvider time, TimeSpan limit, TimeSpan period)
{
    /// <summary>Waits until <paramref name="holds"/>.</summary>
    /// <param name="holds">Asked again and again.</param>
    /// <param name="what">What is waited for, and how it stands.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="CommandException">It did not hold in time.</exception>
    public async Task WaitAsync(Func<Task<bool>> holds, Func<Task<string>> what, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (!await holds())
        {
            if (time.GetElapsedTime(started) > limit)
                throw new CommandException($"waited {limit.TotalSeconds:0} s for {await what()}");
            await Task.Delay(period, time, cancel);
        }
    }

    /// <summary>Conditions in a line.</summary>
    public static string Describe(IReadOnlyList<V1Condition>? conditions) =>
        conditions is { Count: > 0 } ? string.Join("; ", conditions.Select(c => $"{c.Type}={c.Status} {c.Reason} {c.Message}")) : "nothing yet";
}
