using Hearth.Api.FederatedAggregations;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;
using Hearth.Federation.Storage;
using Hearth.Testing;

namespace Hearth.Federation.Tests;

public sealed class AggregatorTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly CrashDisk _disk = new();

    [Fact]
    public async Task Progress_OfARound_TellsItsPhases()
    {
        using var aggregator = await OpenAsync(Make.Options(rounds: 1, max: 2));
        Assert.Equal((1, RoundPhase.Selecting, 0), Told());
        Play.Join(aggregator, "a", "b");
        await Play.SettleAsync(aggregator);
        Assert.Equal((1, RoundPhase.Collecting, 0), Told());
        Assert.Null(await Play.StoreAsync(aggregator, 1, "a", Make.Update(1)));
        Assert.Null(await Play.StoreAsync(aggregator, 1, "b", Make.Update(2)));
        Assert.IsType<RoundStep.Fold>(await aggregator.StepAsync(CancellationToken.None));
        Assert.Equal((1, RoundPhase.Collecting, 0), Told());
        Assert.Equal(2, aggregator.Progress.Folded);
        Assert.IsType<RoundStep.Close>(await aggregator.StepAsync(CancellationToken.None));
        Assert.Equal((1, RoundPhase.Committing, 0), Told());
        Assert.Equal(RoundReportState.Committing, aggregator.GetRound(1).Report!.State);
        Assert.IsType<RoundStep.Done>(await Play.SettleAsync(aggregator));
        Assert.Equal((1, RoundPhase.Published, 1), Told());
        Assert.Equal((2, 2L, 2L, 0L), (aggregator.Progress.Clients, aggregator.Progress.Received, aggregator.Progress.Folded, aggregator.Progress.Rejected));

        (int, RoundPhase, int) Told() => (aggregator.Progress.Round, aggregator.Progress.Phase, aggregator.Progress.ModelVersion);
    }

    [Fact]
    public async Task Run_ToTheEnd_TellsOfTheLastRound()
    {
        using var aggregator = await OpenAsync(Make.Options(rounds: 1, max: 2));
        var running = aggregator.RunAsync(null, CancellationToken.None);
        Play.Join(aggregator, "a", "b");
        foreach (var client in new[] { "a", "b" })
        {
            var (task, _) = await aggregator.GetTaskAsync(client, TimeSpan.FromMinutes(10), CancellationToken.None);
            Assert.Null(await Play.StoreAsync(aggregator, task!.Round!.Value, client, Make.Update(1)));
        }

        await running.WaitAsync(TimeSpan.FromMinutes(1));
        var finished = await Play.TaskAsync(aggregator, "a");

        Assert.Equal((ClientTaskState.Finished, 1), (finished!.State, finished.ModelVersion));
    }

    [Fact]
    public async Task Timeout_WithTooFewUpdates_KeepsThemAndAsksOthers()
    {
        using var aggregator = await OpenAsync(Make.Options(rounds: 1, min: 2, max: 2));
        Play.Join(aggregator, "a", "b");
        await Play.SettleAsync(aggregator);
        Assert.Null(await Play.StoreAsync(aggregator, 1, "a", Make.Update(1), 7));
        Play.Join(aggregator, "c");
        Assert.Null(await Play.TaskAsync(aggregator, "c"));

        _time.Advance(TimeSpan.FromSeconds(60));
        await Play.SettleAsync(aggregator);
        Assert.Equal(1, (await Play.TaskAsync(aggregator, "c"))!.Round);
        Assert.Null(await Play.StoreAsync(aggregator, 1, "c", Make.Update(2), 9));
        await Play.SettleAsync(aggregator);

        Assert.Equal(["a", "c"], aggregator.GetRound(1).Report!.Included.Select(update => update.Client));
        Assert.Equal(RefusalKind.RoundClosed, (await Play.StoreAsync(aggregator, 1, "b", Make.Update(3)))!.Kind);
    }

    [Fact]
    public async Task Timeout_WithUpdatesEnough_GoesOnWithoutTheRestAndDoesNotWaitForThemAgain()
    {
        using var aggregator = await OpenAsync(Make.Options(rounds: 2, min: 2, max: 3));
        Play.Join(aggregator, "a", "b", "dead");
        await Play.SettleAsync(aggregator);
        Assert.Null(await Play.StoreAsync(aggregator, 1, "a", Make.Update(1)));
        Assert.Null(await Play.StoreAsync(aggregator, 1, "b", Make.Update(2)));
        _time.Advance(TimeSpan.FromSeconds(60));
        await Play.SettleAsync(aggregator);

        Assert.Null(await Play.StoreAsync(aggregator, 2, "a", Make.Update(3)));
        Assert.Null(await Play.StoreAsync(aggregator, 2, "b", Make.Update(4)));

        Assert.IsType<RoundStep.Done>(await Play.SettleAsync(aggregator));
    }

    [Fact]
    public async Task Join_DuringARound_TakesPartWhereThereIsRoom()
    {
        using var aggregator = await OpenAsync(Make.Options(rounds: 1, min: 2, max: 3));
        Play.Join(aggregator, "a", "b");
        _time.Advance(TimeSpan.FromSeconds(1));
        await Play.SettleAsync(aggregator);
        Play.Join(aggregator, "c", "d");

        Assert.NotNull(await Play.TaskAsync(aggregator, "c"));
        Assert.Null(await Play.TaskAsync(aggregator, "d"));
        Assert.Equal(RefusalKind.NotSelected, (await Play.StoreAsync(aggregator, 1, "d", Make.Update(1)))!.Kind);
    }

    [Fact]
    public async Task Update_DamagedWhileNoAggregatorRan_IsReportedAndMayBeSentAgain()
    {
        using (var first = await OpenAsync(Make.Options(rounds: 1, max: 2)))
        {
            Play.Join(first, "a", "b");
            await Play.SettleAsync(first);
            Assert.Null(await Play.StoreAsync(first, 1, "a", Make.Update(1), 2));
            Assert.Null(await Play.StoreAsync(first, 1, "b", Make.Update(2), 2));
        }
        _disk.Read(_disk.Paths.Single(path => path.Contains("updates/a-", StringComparison.Ordinal)))[^1] ^= 1;
        using var second = await OpenAsync(Make.Options(rounds: 1, max: 2));
        await Play.SettleAsync(second);

        var dropped = Assert.Single(second.GetRound(1).Report!.NotIncluded);
        Assert.Equal(("a", Make.Digest(Make.Update(1))), (dropped.Client, dropped.Digest));
        Assert.Contains("they were damaged after they were acknowledged", dropped.Reason, StringComparison.Ordinal);
        Assert.Null(await Play.StoreAsync(second, 1, "a", Make.Update(3), 4));
        await Play.SettleAsync(second);
        var report = second.GetRound(1).Report!;
        Assert.Equal(["b", "a"], report.Included.Select(update => update.Client));
        Assert.Equal(dropped, Assert.Single(report.NotIncluded));
        Assert.Equal(Make.Average([(Make.Update(2), 2), (Make.Update(3), 4)]), Make.Values(ModelOf(second, 1)));
    }

    [Fact]
    public async Task Update_OfTheSameBytesAfterTheyWereDamaged_CountsAndIsNotReportedAsMissing()
    {
        using (var first = await OpenAsync(Make.Options(rounds: 1, max: 2)))
        {
            Play.Join(first, "a", "b");
            await Play.SettleAsync(first);
            Assert.Null(await Play.StoreAsync(first, 1, "a", Make.Update(1)));
        }
        _disk.Remove(_disk.Paths.Single(path => path.Contains("updates/a-", StringComparison.Ordinal)));
        using var second = await OpenAsync(Make.Options(rounds: 1, max: 2));
        await Play.SettleAsync(second);
        Assert.Single(second.GetRound(1).Report!.NotIncluded);

        Assert.Null(await Play.StoreAsync(second, 1, "a", Make.Update(1)));
        Assert.Null(await Play.StoreAsync(second, 1, "b", Make.Update(2)));
        await Play.SettleAsync(second);

        var report = second.GetRound(1).Report!;
        Assert.Equal(2, report.Included.Count);
        Assert.Empty(report.NotIncluded);
    }

    [Fact]
    public async Task Open_WithUpdatesOfAnotherAggregator_GoesOnWithThemAndKnowsItsClients()
    {
        using (var first = await OpenAsync(Make.Options(rounds: 1, max: 2)))
        {
            Play.Join(first, "a", "b");
            await Play.SettleAsync(first);
            Assert.Null(await Play.StoreAsync(first, 1, "a", Make.Update(1), 2));
        }
        using var second = await OpenAsync(Make.Options(rounds: 1, max: 2));

        Assert.Null(await Play.StoreAsync(second, 1, "a", Make.Update(1), 2));
        Assert.Null(await Play.StoreAsync(second, 1, "b", Make.Update(2), 6));
        await Play.SettleAsync(second);

        Assert.Equal(Make.Average([(Make.Update(1), 2), (Make.Update(2), 6)]), Make.Values(ModelOf(second, 1)));
    }

    [Fact]
    public async Task Open_OfAnotherFederation_IsRefused()
    {
        (await OpenAsync(Make.Options())).Dispose();

        var e = await Assert.ThrowsAsync<OutputException>(() => OpenAsync(Make.Options(uid: "u2")));

        Assert.StartsWith("'disk' belongs to federation default/digits with uid u1; this is default/digits with uid u2.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Superseded_WhateverIsAsked_PromisesNothing()
    {
        using var first = await OpenAsync(Make.Options(max: 2));
        Play.Join(first, "a", "b");
        await Play.SettleAsync(first);
        using var second = await OpenAsync(Make.Options(max: 2));

        var stored = await Play.StoreAsync(first, 1, "a", Make.Update(1));
        var (task, refusal) = await first.GetTaskAsync("b", TimeSpan.FromHours(1), CancellationToken.None);

        Assert.Equal(RefusalKind.Unavailable, stored!.Kind);
        Assert.Contains("Another aggregator has taken over 'disk' (epoch 2; this one had 1)", stored.Message, StringComparison.Ordinal);
        Assert.Equal((null, RefusalKind.Unavailable), (task, refusal!.Kind));
        await Assert.ThrowsAsync<IOException>(() => first.StepAsync(CancellationToken.None));
        Assert.Null(await Play.StoreAsync(second, 1, "a", Make.Update(1)));
    }

    [Fact]
    public async Task Stop_WithClientsWaiting_TellsThem()
    {
        using var aggregator = await OpenAsync(Make.Options());
        Play.Join(aggregator, "a");
        var waiting = aggregator.GetTaskAsync("a", TimeSpan.FromHours(1), CancellationToken.None);

        await aggregator.StopAsync();

        Assert.Equal(RefusalKind.Unavailable, (await waiting).Refusal!.Kind);
        Assert.Equal(RefusalKind.Unavailable, (await Play.StoreAsync(aggregator, 1, "a", Make.Update(1)))!.Kind);
    }

    [Fact]
    public async Task Fold_InAnyOrderAndWeight_EqualsTheReferenceToAMillionth()
    {
        var random = new Random(3);
        for (var i = 0; i < 20; i++)
        {
            var updates = Enumerable.Range(0, 30).Select(client => ($"c{client}", Make.Update(random.Next()), (long)random.Next(1, 1_000_000))).ToArray();
            using var aggregator = await Make.OpenAsync(new CrashDisk(), _time, Make.Options(rounds: 1, max: 30));
            random.Shuffle(updates);
            await Play.RoundAsync(aggregator, 1, updates);

            var total = updates.Sum(update => update.Item3);
            var actual = Make.Values(ModelOf(aggregator, 1));
            for (var element = 0; element < actual.Length; element++)
            {
                var expected = (double)(updates.Sum(update => (decimal)(double)Make.Values(update.Item2)[element] * update.Item3) / total);
                Assert.InRange(actual[element], expected - (1e-6 * Math.Abs(expected)), expected + (1e-6 * Math.Abs(expected)));
            }
        }
    }

    [Fact]
    public async Task Open_InitialModelThatCannotBeAveraged_IsRefusedAndLeavesNoModel()
    {
        await Assert.ThrowsAsync<FormatException>(() => Aggregator.OpenAsync(Make.Options(), _disk, Make.Accelerator, new EmptyFormat(), _time, tree: null, CancellationToken.None));

        using var opened = await OpenAsync(Make.Options());
        Assert.Equal(0, opened.Progress.ModelVersion);
    }

    private static byte[] ModelOf(Aggregator aggregator, int version)
    {
        using var content = aggregator.OpenModel(version, description: false).Content!;
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    private Task<Aggregator> OpenAsync(FederationOptions options) => Make.OpenAsync(_disk, _time, options);

    private sealed class EmptyFormat : Hearth.Federation.Models.IModelFormat
    {
        public Task<Hearth.Federation.Models.InitialModel> CreateAsync(CancellationToken cancellation) =>
            Task.FromResult(new Hearth.Federation.Models.InitialModel([], new Dictionary<string, Hearth.Compute.HostTensor>()));

        public byte[] Describe(ReadOnlyMemory<byte> description, string weightsFile, string sha256) => [];
    }
}
