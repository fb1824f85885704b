namespace Hearth.Testing;

/// <summary>A computer whose wall clock is set forth and back, by up to a day, while its timers go on as ever.</summary>
/// <param name="random">Decides when, and by how much.</param>
public sealed class JumpyTimeProvider(Random random) : TimeProvider
{
    private const int OneReadingIn = 50;
    private readonly Lock _lock = new();
    private TimeSpan _ahead;

    /// <summary>Times that the clock was set.</summary>
    public int Jumps { get; private set; }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
        {
            if (random.Next(OneReadingIn) == 0)
            {
                _ahead = TimeSpan.FromSeconds(random.Next(-86_400, 86_400));
                Jumps++;
            }
            return base.GetUtcNow() + _ahead;
        }
    }
}
