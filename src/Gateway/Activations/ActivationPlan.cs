namespace Hearth.Gateway.Activations;

/// <summary>How many workers to activate now. Pure.</summary>
internal static class ActivationPlan
{
    /// <summary>Activations to start.</summary>
    /// <param name="queued">Requests that wait for a worker.</param>
    /// <param name="inFlight">Requests that have one.</param>
    /// <param name="concurrency">Requests that a worker takes at a time; 0 for no limit.</param>
    /// <param name="max">The function's <c>scale.max</c>.</param>
    /// <param name="capable">Workers that serve or are on their way.</param>
    /// <param name="existing">
    /// Workers that count against <paramref name="max"/>: those, and those that are assigned or failed but do not serve now.
    /// </param>
    /// <returns>
    /// What is missing of ceil((in flight + queued) / concurrency), within max. Without a limit one worker serves the cold requests; more are
    /// the operator's decision.
    /// </returns>
    public static int ToStart(int queued, int inFlight, int concurrency, int max, int capable, int existing)
    {
        if (queued == 0)
            return 0;
        var needed = concurrency == 0 ? 1 : (queued + inFlight + concurrency - 1) / concurrency;
        return Math.Max(0, Math.Min(needed - capable, max - existing));
    }
}
