using FsCheck;
using FsCheck.Fluent;
using Hearth.Policies.Placement;

namespace Hearth.Policies.Tests.Placement;

/// <summary>The measure of "Beware of Fragmentation" (ATC 2023), section 3, worked by hand.</summary>
public sealed class GpuFragmentationTests
{
    private static readonly ResourceDemand Half = new(1000, 1024, 1, 500, []);
    private static readonly ResourceDemand Whole = new(1000, 1024, 1, 1000, []);
    private static readonly ResourceDemand CpuOnly = new(1000, 1024, 0, 0, []);

    [Fact]
    public void Of_FreeGpusTooSmallForATask_AreItsFragments()
    {
        // 300 is too small for half a GPU, 300 and 600 are for a whole one, all of it for who uses none.
        var node = Node(300, 600, 1000);

        Assert.Equal(300, new GpuFragmentation([(Half, 1)]).Of(node));
        Assert.Equal(900, new GpuFragmentation([(Whole, 1)]).Of(node));
        Assert.Equal(1900, new GpuFragmentation([(CpuOnly, 1)]).Of(node));
        Assert.Equal((0.5 * 300) + (0.5 * 900), new GpuFragmentation([(Half, 0.5), (Whole, 0.5)]).Of(node));
    }

    [Fact]
    public void Of_NodeWithoutCoresOrTheType_IsAllFragment()
    {
        Assert.Equal(1000, new GpuFragmentation([(Half, 1)]).Of(Node(1000) with { CpuMilli = 500 }));
        Assert.Equal(1000, new GpuFragmentation([(Half with { GpuTypes = ["V100"] }, 1)]).Of(Node(1000)));
        Assert.Equal(0, new GpuFragmentation([(Half, 1)]).Of(Node()));
    }

    [Fact]
    public void Place_SharedGpu_TakesTheOneThatAddsLeast()
    {
        // The rest of a used GPU instead of breaking into a whole one.
        var choice = new GpuFragmentation([(Whole, 1)]).Place(Node(1000, 500), Half);

        Assert.Equal([1000, 0], choice!.Value.After.GpuMilli);
        Assert.Equal(-500, choice.Value.Added);
    }

    [Fact]
    public void Place_DoesNotFit_IsNull() => Assert.Null(new GpuFragmentation([(Half, 1)]).Place(Node(400), Half));

    [Fact]
    public void Place_AnyNode_TakesJustWhatIsAskedAndNeverMoreThanThereIs() => Prop.ForAll(
        Gen.Choose(0, 10).ListOf().ToArbitrary(), Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(1, 10).ToArbitrary(), (free, gpus, tenths) =>
        {
            var demand = new ResourceDemand(1, 1, gpus, gpus > 1 ? 1000 : tenths * 100, []);
            var node = Node([.. free.Select(f => f * 100)]);
            return new GpuFragmentation([(Half, 0.7), (CpuOnly, 0.3)]).Place(node, demand) is not { } choice
                || (choice.After.GpuTotal == node.GpuTotal - (demand.Gpus * demand.GpuMilli) && choice.After.GpuMilli.All(g => g >= 0));
        }).QuickCheckThrowOnFailure();

    private static NodeResources Node(params int[] free) => new("n", 64_000, 65_536, free, "T4");
}
