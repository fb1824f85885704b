using Hearth.Api.FederatedAggregations;
using Hearth.Federation.Clients;
using Hearth.Federation.Journal;
using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tests.Rounds;

public sealed class RoundPlannerTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Later = Now + TimeSpan.FromSeconds(60);

    private static readonly FederationState Begun = new FederationState().Apply(new JournalRecord.ModelPublished(0, "d0", Now));
    private static readonly FederationState Open = Begun.Apply(new JournalRecord.RoundStarted(1, ["a", "b", "c"], Later));

    [Fact]
    public void Plan_FewerClientsThanARoundNeeds_Waits() => Assert.Equal(new RoundStep.Wait(null), Plan(Begun, present: ["a"]));

    [Fact]
    public void Plan_ClientsEnoughButMoreJoining_WaitsALittle() =>
        Assert.Equal(new RoundStep.Wait(Now + TimeSpan.FromSeconds(1)), Plan(Begun, present: ["a", "b"], lastJoin: Now));

    [Fact]
    public void Plan_ClientsEnoughAndNoMoreJoining_Starts()
    {
        var start = Assert.IsType<RoundStep.Start>(Plan(Begun, present: ["b", "a"], lastJoin: Now - TimeSpan.FromSeconds(1)));

        Assert.Equal(["b", "a"], start.Selected);
        Assert.Equal(Later, start.Deadline);
    }

    [Fact]
    public void Plan_AsManyClientsAsARoundTakes_StartsAtOnceWithTheFirst()
    {
        var start = Assert.IsType<RoundStep.Start>(Plan(Begun, present: ["e", "d", "c", "b", "a"], lastJoin: Now));

        Assert.Equal(["e", "d", "c", "b"], start.Selected);
    }

    [Fact]
    public void Plan_SomeAtWork_WaitsForTheDeadline() => Assert.Equal(new RoundStep.Wait(Later), Plan(With(Open, "a", "b"), awaited: 1, folded: 2));

    [Fact]
    public void Plan_UpdatesNotFolded_FoldsBeforeAnythingElse() => Assert.Equal(new RoundStep.Fold(), Plan(With(Open, "a", "b"), awaited: 1, folded: 1, now: Later));

    [Fact]
    public void Plan_NoOneAtWork_Closes() => Assert.Equal(new RoundStep.Close(), Plan(With(Open, "a", "b"), awaited: 0, folded: 2));

    [Fact]
    public void Plan_NoOneAtWorkWithTooFewUpdates_WaitsForTheDeadline() => Assert.Equal(new RoundStep.Wait(Later), Plan(With(Open, "a"), awaited: 0, folded: 1));

    [Fact]
    public void Plan_AsManyUpdatesAsARoundTakes_Closes() => Assert.Equal(new RoundStep.Close(), Plan(With(Open, "a", "b", "c", "d"), awaited: 3, folded: 4));

    [Fact]
    public void Plan_DeadlineWithUpdatesEnough_Closes() => Assert.Equal(new RoundStep.Close(), Plan(With(Open, "a", "b"), awaited: 1, folded: 2, now: Later));

    [Fact]
    public void Plan_DeadlineWithTooFewUpdates_AsksThoseThatWereNotAskedAndWaitsAsLongAgain()
    {
        var extend = Assert.IsType<RoundStep.Extend>(Plan(With(Open, "a"), present: ["a", "c", "e", "d", "f", "g"], awaited: 2, folded: 1, now: Later));

        Assert.Equal(["e", "d", "f"], extend.Selected);
        Assert.Equal(Later + TimeSpan.FromSeconds(60), extend.Deadline);
    }

    [Fact]
    public void Plan_Closed_Commits() => Assert.Equal(new RoundStep.Commit(), Plan(Close(With(Open, "a", "b")), folded: 2));

    [Fact]
    public void Plan_ClosedWithDamagedUpdates_GoesOnCollecting()
    {
        var state = Close(With(Open, "a", "b")).Apply(new JournalRecord.UpdateDropped(1, "a", "da", "damaged"));

        var extend = Assert.IsType<RoundStep.Extend>(Plan(state, present: ["d"], folded: 2));
        var extended = state.Apply(new JournalRecord.RoundExtended(1, extend.Selected, extend.Deadline));

        Assert.Equal((null, 2, 1), (extended.Round!.Closed, extended.Round.Attempt, extended.Round.Counting.Count));
        Assert.Contains("d", extended.Round.Selected);
    }

    [Fact]
    public void Plan_AllRoundsPublished_FinishesOnce()
    {
        var last = Close(With(Open, "a", "b")).Apply(new JournalRecord.ModelPublished(1, "d1", Now));

        Assert.Equal(new RoundStep.Finish(), Plan(last, rounds: 1));
        Assert.Equal(new RoundStep.Done(), Plan(last.Apply(new JournalRecord.Finished(1)), rounds: 1));
        Assert.IsType<RoundStep.Wait>(Plan(last.Apply(new JournalRecord.Finished(1)), rounds: 2));
        Assert.Equal((2L, 2L), (last.Received, last.Folded));
    }

    [Fact]
    public void Select_ByLot_DependsOnSeedAndRoundNotOnOrder()
    {
        var clients = Enumerable.Range(0, 50).Select(index => $"c{index}").ToList();
        var options = Make.Options(selection: ClientSelection.Random) with { Seed = 7 };

        var chosen = ClientSelector.Select(clients, 10, options, 1, 1);

        Assert.Equal(10, chosen.Distinct().Count());
        Assert.Equal(chosen, ClientSelector.Select(Enumerable.Reverse(clients), 10, options, 1, 1));
        Assert.NotEqual(chosen, ClientSelector.Select(clients, 10, options, 2, 1));
        Assert.NotEqual(chosen, ClientSelector.Select(clients, 10, options with { Seed = 8 }, 1, 1));
    }

    [Fact]
    public void SeedOf_EveryClientAndRound_IsItsOwnAndExactInJson()
    {
        var seeds = Enumerable.Range(1, 20).SelectMany(round => Enumerable.Range(0, 20).Select(client => ClientSelector.SeedOf(3, round, $"c{client}"))).ToList();

        Assert.Equal(400, seeds.Distinct().Count());
        Assert.All(seeds, seed => Assert.InRange(seed, 0, (1L << 53) - 1));
    }

    [Fact]
    public void Apply_RecordThatCannotFollow_IsRefused()
    {
        Assert.Throws<InvalidOperationException>(() => Begun.Apply(new JournalRecord.RoundStarted(2, [], Now)));
        Assert.Throws<InvalidOperationException>(() => Begun.Apply(new JournalRecord.UpdateStored(1, "a", 1, "d", "f")));
        Assert.Throws<InvalidOperationException>(() => With(Open, "a").Apply(new JournalRecord.UpdateStored(1, "a", 1, "d", "f")));
        Assert.Throws<InvalidOperationException>(() => Close(Open).Apply(new JournalRecord.UpdateStored(1, "a", 1, "d", "f")));
        Assert.Throws<InvalidOperationException>(() => Open.Apply(new JournalRecord.ModelPublished(1, "d", Now)));
        Assert.Throws<InvalidOperationException>(() => Begun.Apply(new JournalRecord.ModelPublished(1, "d", Now)));
    }

    private static RoundStep Plan(
        FederationState state, string[]? present = null, DateTimeOffset? lastJoin = null, int awaited = 0, int folded = 0, DateTimeOffset? now = null, int rounds = 2) =>
        RoundPlanner.Plan(state, Make.Options(rounds), new Roster(present ?? [], lastJoin ?? DateTimeOffset.MinValue), awaited, folded, now ?? Now);

    private static FederationState With(FederationState state, params string[] clients) =>
        clients.Aggregate(state, (sum, client) => sum.Apply(new JournalRecord.UpdateStored(1, client, 1, $"d{client}", $"f{client}")));

    private static FederationState Close(FederationState state) => state.Apply(new JournalRecord.RoundClosed(1, Now));
}
