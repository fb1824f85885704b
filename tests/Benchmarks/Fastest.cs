namespace Hearth.Benchmarks;

/// <summary>Times of work that other programs on the machine can only lengthen: the shortest of many runs is the work's own.</summary>
internal static class Fastest
{
    /// <summary>Seconds of each piece of work. The pieces take turns, so that a disturbance does not hit one of them alone.</summary>
    public static double[] Of(TimeProvider time, int rounds, params IReadOnlyList<Action> pieces)
    {
        var best = new double[pieces.Count];
        Array.Fill(best, double.PositiveInfinity);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < best.Length; i++)
            {
                var started = time.GetTimestamp();
                pieces[i]();
                best[i] = Math.Min(best[i], time.GetElapsedTime(started).TotalSeconds);
            }
        }
        return best;
    }
}
