using Hearth.Federation.Clients;

namespace Hearth.Federation.Rounds;

/// <summary>The rounds' state machine: Selecting, Collecting, Folding, Committing, Published, and again.</summary>
/// <remarks>
/// A round begins once as many clients are there as it needs, and no more are joining or as many are there as it takes. It ends when everyone asked
/// has answered, when it has as many updates as it takes, or at its deadline. With too few updates at the deadline it keeps what it has, asks the
/// clients that are there and were not asked yet, and waits as long again: an acknowledged update is never given up for others' lateness.
/// </remarks>
internal static class RoundPlanner
{
    /// <summary>Decides.</summary>
    /// <param name="state">Where the federation stands.</param>
    /// <param name="options">What it is to do.</param>
    /// <param name="roster">Who is there.</param>
    /// <param name="awaited">How many clients are at work for the open round.</param>
    /// <param name="folded">How many of the open round's updates were folded or dropped, from the first on.</param>
    /// <param name="now">The time.</param>
    public static RoundStep Plan(FederationState state, FederationOptions options, Roster roster, int awaited, int folded, DateTimeOffset now)
    {
        if (state.Round is not { } round)
            return PlanNext(state, options, roster, now);
        if (folded < round.Updates.Count && (round.Closed is not null || !options.FoldsLate))
            return new RoundStep.Fold();
        var count = round.Counting.Count;
        if (round.Closed is not null)
            return count >= options.MinPerRound ? new RoundStep.Commit() : Extend(round, options, roster, now);
        if (count >= options.MaxPerRound || (count >= options.MinPerRound && (awaited == 0 || now >= round.Deadline)))
            return new RoundStep.Close();
        return now >= round.Deadline ? Extend(round, options, roster, now) : new RoundStep.Wait(round.Deadline);
    }

    private static RoundStep PlanNext(FederationState state, FederationOptions options, Roster roster, DateTimeOffset now)
    {
        if (state.Version >= options.Rounds)
            return state.FinishedVersion == state.Version ? new RoundStep.Done() : new RoundStep.Finish();
        if (roster.Present.Count < options.MinPerRound)
            return new RoundStep.Wait(null);
        var settled = roster.LastJoin + options.SettleTime;
        if (roster.Present.Count < options.MaxPerRound && now < settled)
            return new RoundStep.Wait(settled);
        return new RoundStep.Start(ClientSelector.Select(roster.Present, options.MaxPerRound, options, state.Version + 1, attempt: 1), now + options.RoundTimeout);
    }

    private static RoundStep.Extend Extend(RoundState round, FederationOptions options, Roster roster, DateTimeOffset now)
    {
        var more = roster.Present.Where(client => !round.Selected.Contains(client));
        var wanted = options.MaxPerRound - round.Counting.Count;
        return new RoundStep.Extend(ClientSelector.Select(more, wanted, options, round.Number, round.Attempt + 1), now + options.RoundTimeout);
    }
}
