using FsCheck;
using FsCheck.Fluent;
using Hearth.Api.FederatedAggregations;
using Hearth.Policies.Aggregation;

namespace Hearth.Policies.Tests.Aggregation;

public sealed class HierarchyPlannerTests
{
    private static readonly AggregatorNode[] Five = [.. "abcde".Select(n => new AggregatorNode($"{n}", 20))];

    /// <summary>LIFL's figures: 20 updates at a time are what a node takes, and 20, 60 or 100 are on their way.</summary>
    [Theory]
    [InlineData(20, 1)]
    [InlineData(60, 3)]
    [InlineData(100, 5)]
    public void Plan_LiflsLoads_FillOneNodeAfterTheOther(int updates, int nodes)
    {
        var tree = Plan(updates, Five);

        Assert.Equal(nodes, tree.Skip(1).Select(p => p.Node).Distinct().Count());
        Assert.Equal(updates / 10, tree.Count - 1);
        Assert.Equal(nodes, tree.Count(p => p.Slot != HierarchyPlanner.Top && p.Parent == HierarchyPlanner.Top));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Plan_NoMoreThanOneTakes_NeedsNoLeaf(int updates) => Assert.Equal([new AggregatorPlace("top", "b")], Plan(updates, Five, [new("top", "b")]));

    [Fact]
    public void Plan_OneMore_NeedsTwoLeavesOnTheTopsNode() => Assert.Equal(
        [new AggregatorPlace("top", "b"), new("leaf-1", "b", "top"), new("leaf-2", "b", "leaf-1")], Plan(11, Five, [new("top", "b")]));

    [Fact]
    public void Plan_NodesDiffer_TakesTheTightestThatFits()
    {
        AggregatorNode[] nodes = [new("wide", 100), new("busy", 30, Load: 15), new("tight", 30, Load: 8)];

        Assert.All(Plan(20, nodes, fanIn: 20, levels: HierarchyLevels.Two).Skip(1), p => Assert.Equal("tight", p.Node));
    }

    [Fact]
    public void Plan_NothingFits_SpreadsOverAll()
    {
        AggregatorNode[] nodes = [new("a", 10), new("b", 10), new("c", 10)];

        Assert.Equal([2, 2, 2], Plan(60, nodes).Skip(1).CountBy(p => p.Node!).Select(n => n.Value));
    }

    [Fact]
    public void Plan_NodeHasNoIdleWorker_TakesThoseOfAnother()
    {
        AggregatorNode[] nodes = [new("a", 20), new("b", 30, Idle: 2)];

        Assert.All(Plan(20, nodes).Skip(1), p => Assert.Equal("b", p.Node));
    }

    [Fact]
    public void Plan_NoNodeIsKnown_LeavesThePlacesOpen() =>
        Assert.Equal([new AggregatorPlace("top", null), new("leaf-1", null, "top"), new("leaf-2", null, "top")], Plan(20, []));

    [Theory]
    [InlineData(HierarchyLevels.One, 0, 0)]
    [InlineData(HierarchyLevels.Two, 4, 0)]
    [InlineData(HierarchyLevels.Auto, 4, 2)]
    [InlineData(HierarchyLevels.Three, 4, 2)]
    public void Plan_Levels_SayWhoFeedsWhom(HierarchyLevels levels, int leaves, int underMiddles)
    {
        var tree = Plan(40, Five, levels: levels);

        Assert.Equal((leaves, underMiddles), (tree.Count - 1, tree.Count(p => p.Parent is { } parent && parent != HierarchyPlanner.Top)));
    }

    [Theory]
    [InlineData(HierarchyLevels.Two, 1)]
    [InlineData(HierarchyLevels.Three, 2)]
    public void Plan_FewUpdates_StillHasTheLevelsAskedFor(HierarchyLevels levels, int leaves) => Assert.Equal(leaves, Plan(1, Five, levels: levels).Count - 1);

    [Fact]
    public void Plan_MaxAggregators_BoundsAllTogether() => Assert.Equal(8, Plan(1000, Five, maxAggregators: 8).Count);

    [Fact]
    public void Plan_SlightlyFewerUpdates_KeepsEveryLeaf()
    {
        var before = Plan(60, Five);

        Assert.Equal(before, Plan(51, Five, before));
        Assert.Equal(before.Count - 1, Plan(39, Five, before).Count);
    }

    [Fact]
    public void Plan_FewerUpdates_EmptiesTheEmptiestNodeFirst()
    {
        AggregatorPlace[] now = [new("top", "a"), new("leaf-1", "c"), new("leaf-2", "b"), new("leaf-3", "b"), new("leaf-4", "a")];

        Assert.Equal(["top", "leaf-2", "leaf-3", "leaf-4"], Plan(24, Five, now).Select(p => p.Slot));
    }

    [Fact]
    public void Plan_MoreUpdates_TakesTheLowestFreeNames()
    {
        AggregatorPlace[] now = [new("top", "a"), new("leaf-2", "a")];

        Assert.Equal(["top", "leaf-1", "leaf-2", "leaf-3"], Plan(30, Five, now).Select(p => p.Slot));
    }

    [Fact]
    public void Plan_NodeIsGone_MovesItsLeavesOnly()
    {
        var before = Plan(60, Five);
        var gone = before[1].Node;

        var after = Plan(60, [.. Five.Where(n => n.Name != gone)], before);

        Assert.Equal(before.Select(p => p.Slot), after.Select(p => p.Slot));
        Assert.All(before.Zip(after).Skip(1), pair => Assert.Equal(pair.First.Node != gone, pair.First.Node == pair.Second.Node));
    }

    [Fact]
    public void Plan_LeafOnItsWay_IsNotPlacedAgain()
    {
        AggregatorPlace[] now = [new("top", "a"), new("leaf-1", null), new("leaf-2", "a")];

        Assert.Equal([null, "a"], Plan(20, Five, now).Skip(1).Select(p => p.Node));
    }

    [Fact]
    public void Plan_AnyInput_KeepsTheInvariants() => Prop.ForAll(Cases(), c =>
    {
        var (demand, nodes, now) = c;
        var tree = HierarchyPlanner.Plan(demand, nodes, now);
        var leaves = tree.Skip(1).ToArray();
        var (most, fanIn) = (Math.Max(0, demand.MaxAggregators - 1), demand.Hierarchy.MaxFanIn);
        return tree[0].Slot == HierarchyPlanner.Top && tree[0].Parent is null
            && tree.Select(p => p.Slot).Distinct().Count() == tree.Count
            && leaves.Length <= most
            && (leaves.Length == most || demand.Hierarchy.Levels == HierarchyLevels.One || demand.Updates <= fanIn * (double)Math.Max(1, leaves.Length))
            // A parent is the top, or one other leaf of the same node that is under the top itself; a node with several leaves has one such, but in two levels.
            && leaves.All(l => l.Parent == HierarchyPlanner.Top || leaves.Any(m => m.Slot == l.Parent && m.Slot != l.Slot && m.Node == l.Node && m.Parent == HierarchyPlanner.Top))
            && (demand.Hierarchy.Levels == HierarchyLevels.Two || leaves.Where(l => l.Node is not null).GroupBy(l => l.Node).All(n => n.Count(l => l.Parent == HierarchyPlanner.Top) == 1))
            && leaves.All(l => l.Node is null || nodes.Any(n => n.Name == l.Node));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_OfItsOwnPlan_ChangesNothing() => Prop.ForAll(Cases(), c =>
    {
        var (demand, nodes, now) = c;
        var tree = HierarchyPlanner.Plan(demand, nodes, now);
        return HierarchyPlanner.Plan(demand, nodes, tree).SequenceEqual(tree);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Plan_WhileItsNodesAreThere_MovesNoLeaf() => Prop.ForAll(Cases(), c =>
    {
        var (demand, nodes, now) = c;
        var tree = HierarchyPlanner.Plan(demand, nodes, now).ToDictionary(p => p.Slot, p => p.Node);
        return now.All(p => !tree.TryGetValue(p.Slot, out var node) || node == p.Node || nodes.All(n => n.Name != p.Node));
    }).QuickCheckThrowOnFailure();

    private static IReadOnlyList<AggregatorPlace> Plan(
        double updates, AggregatorNode[] nodes, IReadOnlyList<AggregatorPlace>? now = null, int fanIn = 10, HierarchyLevels levels = HierarchyLevels.Auto, int maxAggregators = 100) =>
        HierarchyPlanner.Plan(new(updates, new() { MaxFanIn = fanIn, Levels = levels }, maxAggregators), nodes, now ?? []);

    private static Arbitrary<(HierarchyDemand, AggregatorNode[], AggregatorPlace[])> Cases() => Arb.From(
        from updates in Gen.Choose(0, 300)
        from fanIn in Gen.Choose(1, 30)
        from levels in Gen.Elements(Enum.GetValues<HierarchyLevels>())
        from max in Gen.Choose(1, 40)
        from names in Gen.SubListOf("a", "b", "c", "d")
        from capacities in Gen.Choose(0, 40).ArrayOf(4)
        from loads in Gen.Choose(0, 40).ArrayOf(4)
        from numbers in Gen.SubListOf(1, 2, 3, 5, 8, 13, 21)
        from places in Gen.Elements("a", "b", "c", "gone", null).ArrayOf(7)
        from top in Gen.Elements("a", "b", "gone", null)
        select (
            new HierarchyDemand(updates, new() { MaxFanIn = fanIn, Levels = levels }, max),
            names.Select((n, i) => new AggregatorNode(n, capacities[i], loads[i])).ToArray(),
            (AggregatorPlace[])[new("top", top), .. numbers.Select((n, i) => new AggregatorPlace(HierarchyPlanner.Leaf(n), places[i], "top"))]));
}
