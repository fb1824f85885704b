using System.Text.Json;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tests.Tree;

public sealed class TreeTests
{
    [Theory]
    [InlineData("n1")]
    [InlineData("n0")]
    [InlineData(null)]
    public async Task Round_OverLeavesOfANode_IsTheAverage(string? top)
    {
        using var world = new TreeWorld();
        await world.StartTopAsync(top);
        world.AddLeaf("leaf-1", "n1");
        world.AddLeaf("leaf-2", "n1");
        await world.PlanAsync();

        await PlayAsync(world, 4);

        Assert.Equal(Average(4), Model(world));
        // Of a node's two leaves one sum crosses, and none within the node of the top.
        Assert.Equal(top == "n1" ? 0 : (8 * sizeof(double)) + 32, world.Crossed);
        Assert.All(world.Top!.Progress.Tree, report => Assert.Equal((2, 2), (report.Received, report.Folded)));
        Assert.All(world.Members, member => Assert.Empty(member.Share.List(member.Id)));
    }

    [Fact]
    public async Task Update_ToALeaf_IsWhereTheTaskSaysAndNotInTheOutputDirectory()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n1");
        var leaf = world.AddLeaf("leaf-1", "n1");
        await world.PlanAsync();
        Play.Join(world.Top!, "a", "b", "c", "d");
        await Play.SettleAsync(world.Top!);

        Assert.StartsWith("aggregators/leaf-1/rounds/1/updates/", (await Play.TaskAsync(world.Top!, "a"))!.UpdateUrl, StringComparison.Ordinal);
        Assert.Null(await world.SendAsync("a", Make.Update(1)));

        Assert.Equal(1, world.Top!.Progress.Received);
        Assert.DoesNotContain(world.Storage.Paths, path => path.Contains("/updates/", StringComparison.Ordinal));
        await leaf.Leaf.SettleAsync();
        Assert.Contains(leaf.Share.List(leaf.Id), entry => entry.Name == "r1-sums");
    }

    [Fact]
    public async Task Leaf_WhileAnotherUpdateComes_FoldsFourAtOnceAndTheRestBehindIt()
    {
        using var world = new TreeWorld { Options = Make.Options(rounds: 1, min: 2, max: 6) };
        await world.StartTopAsync("n1");
        var leaf = world.AddLeaf("leaf-1", "n1").Leaf;
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(6));
        await Play.SettleAsync(world.Top!);
        var slow = new HeldBack(Make.Update(9));
        var storing = leaf.StoreAsync(Make.Upload(1, "c5", Make.Update(9), 1) with { Body = slow }, CancellationToken.None);
        await slow.Asked.Task;

        List<long> folded = [];
        for (var i = 0; i < 5; i++)
        {
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i)));
            await leaf.SettleAsync();
            folded.Add(leaf.Report.Folded);
        }
        slow.Go.SetResult();
        Assert.Null(await storing);
        await leaf.SettleAsync();

        Assert.Equal([0, 0, 0, 4, 4], folded);
        Assert.Equal(6, leaf.Report.Folded);
    }

    [Fact]
    public async Task Leaf_KilledWithWhatItTook_ANeighbourGoesOnFromItsMemory()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n0");
        var first = world.AddLeaf("leaf-1", "n1");
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(4));
        await Play.SettleAsync(world.Top!);
        for (var i = 0; i < 3; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));
        await first.Leaf.SettleAsync();
        TreeWorld.Kill(first);
        world.AddLeaf("leaf-1", "n1");
        await world.PlanAsync();
        Assert.Null(await world.SendAsync("c3", Make.Update(3), 4));

        await Play.SettleAsync(world.Top!);

        Assert.Equal(Average(4), Model(world));
        Assert.Equal(4, Manifest(world).Included.Count);
    }

    [Fact]
    public async Task Leaf_KilledAndNoneLeftOnItsNode_TheTopOfThatNodeFindsItAll()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n1");
        var leaf = world.AddLeaf("leaf-1", "n1");
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(4));
        await Play.SettleAsync(world.Top!);
        for (var i = 0; i < 4; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));
        await leaf.Leaf.SettleAsync();
        TreeWorld.Kill(leaf);

        await Play.SettleAsync(world.Top!);

        Assert.Equal(Average(4), Model(world));
    }

    [Fact]
    public async Task Node_LostWithItsMemory_ItsUpdatesAreReportedAndTheRoundGoesOnWithTheOthers()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n0");
        var lost = world.AddLeaf("leaf-1", "n1");
        world.AddLeaf("leaf-2", "n2");
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(4));
        await Play.SettleAsync(world.Top!);
        for (var i = 0; i < 4; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));
        TreeWorld.Kill(lost);

        Assert.IsType<RoundStep.Wait>(await Play.SettleAsync(world.Top!));
        Assert.Equal(0, world.Top!.Progress.ModelVersion);
        world.Time.Advance(TimeSpan.FromSeconds(61));
        await Play.SettleAsync(world.Top!);

        var manifest = Manifest(world);
        Assert.Equal(["c1", "c3"], manifest.Included.Select(update => update.Client).Order());
        Assert.Equal(["c0", "c2"], manifest.NotIncluded.Select(update => update.Client).Order());
        Assert.All(manifest.NotIncluded, update => Assert.Contains("was lost before it was folded", update.Reason, StringComparison.Ordinal));
        Assert.Equal(Make.Average([(Make.Update(1), 2), (Make.Update(3), 4)]), Model(world));
    }

    [Fact]
    public async Task Top_KilledWithUpdatesWithLeaves_TheNextAsksForThem()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n0");
        world.AddLeaf("leaf-1", "n1");
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(4));
        await Play.SettleAsync(world.Top!);
        for (var i = 0; i < 3; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));

        await world.StartTopAsync("n2");
        await world.PlanAsync();
        Assert.Null(await world.SendAsync("c3", Make.Update(3), 4));
        await Play.SettleAsync(world.Top!);

        Assert.Equal(Average(4), Model(world));
    }

    [Fact]
    public async Task Update_SentTwiceOrToTwoLeaves_CountsOnce()
    {
        using var world = new TreeWorld();
        await world.StartTopAsync("n0");
        world.AddLeaf("leaf-1", "n1");
        world.AddLeaf("leaf-2", "n2");
        await world.PlanAsync();
        Play.Join(world.Top!, Clients(4));
        await Play.SettleAsync(world.Top!);
        foreach (var slot in (string[])["leaf-1", "leaf-1", "leaf-2", "top"])
            Assert.Null(await world.SendAsync($"aggregators/{slot}/x", 1, "c0", Make.Update(0), 1));
        Assert.Equal(RefusalKind.OtherUpdate, (await world.SendAsync("aggregators/leaf-2/x", 1, "c0", Make.Update(9), 1))!.Kind);
        for (var i = 1; i < 4; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));

        await Play.SettleAsync(world.Top!);

        Assert.Equal(Average(4), Model(world));
        Assert.Null(await world.SendAsync("aggregators/leaf-1/x", 1, "c0", Make.Update(0), 1));
        Assert.Equal(RefusalKind.OtherUpdate, (await world.SendAsync("aggregators/leaf-1/x", 1, "c1", Make.Update(0), 1))!.Kind);
    }

    [Fact]
    public async Task Plan_WithFaults_IsRefusedWithAll()
    {
        using var world = new TreeWorld();
        var top = await world.StartTopAsync("n0");

        var faults = top.Follow(new()
        {
            Aggregators =
            [
                new() { Slot = "leaf-1", Parent = "leaf-2", Address = "127.0.0.1:1", AssignmentId = "a" },
                new() { Slot = "leaf-2", Parent = "leaf-1", Address = "127.0.0.1:1", AssignmentId = "b" },
                new() { Slot = "leaf-3", Parent = "nobody", Address = "nowhere", AssignmentId = "c" },
            ],
        });

        Assert.Equal(5, faults.Count);
        Assert.Contains(faults, fault => fault.Contains("0 have slot \"top\"", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("\"leaf-1\": its parents lead back to it", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("\"leaf-3\": address is \"nowhere\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task Model_OfAnyTree_IsTheReferenceAndTheSameBitsAgain(int seed)
    {
        var (first, again) = (await PlayTreeAsync(seed), await PlayTreeAsync(seed));

        Assert.Equal(first, again);
        foreach (var (actual, reference) in first.Zip(Average(20)))
            Assert.Equal(reference, actual, 1e-6f * Math.Max(1, Math.Abs(reference)));
    }

    private static async Task<float[]> PlayTreeAsync(int seed)
    {
        var chance = new Random(seed);
        using var world = new TreeWorld { Options = Make.Options(rounds: 1, min: 20, max: 20) };
        await world.StartTopAsync(chance.Next(2) == 0 ? "n0" : null);
        var leaves = chance.Next(1, 7);
        for (var i = 0; i < leaves; i++)
            world.AddLeaf($"leaf-{i}", $"n{chance.Next(3)}", isShared: chance.Next(4) > 0);
        await world.PlanAsync();
        await PlayAsync(world, 20);
        return Model(world);
    }

    internal static string[] Clients(int count) => [.. Enumerable.Range(0, count).Select(i => $"c{i}")];

    internal static float[] Average(int count) => Make.Average(Enumerable.Range(0, count).Select(i => (Make.Update(i), i + 1L)));

    internal static float[] Model(TreeWorld world)
    {
        var path = world.Storage.Paths.Single(path => path.StartsWith("models/1/weights-", StringComparison.Ordinal));
        return Make.Values(world.Storage.Read(path));
    }

    internal static RoundManifest Manifest(TreeWorld world) =>
        JsonSerializer.Deserialize(world.Storage.Read("rounds/1/manifest.json"), FederationJsonContext.Default.RoundManifest)!;

    private static async Task PlayAsync(TreeWorld world, int clients)
    {
        Play.Join(world.Top!, Clients(clients));
        await Play.SettleAsync(world.Top!);
        for (var i = 0; i < clients; i++)
            Assert.Null(await world.SendAsync($"c{i}", Make.Update(i), i + 1));
        await Play.SettleAsync(world.Top!);
    }

    /// <summary>A body that comes once it may.</summary>
    private sealed class HeldBack(byte[] content) : MemoryStream(content)
    {
        public TaskCompletionSource Asked { get; } = new();

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Asked.TrySetResult();
            await Go.Task;
            return await base.ReadAsync(buffer, cancellationToken);
        }
    }
}
