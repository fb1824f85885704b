using Hearth.Api.FederatedAggregations;
using Hearth.Cli.Demos.Federated;

namespace Hearth.Cli.Tests.Demos.Federated;

public sealed class TreePlotTests
{
    [Fact]
    public void Draw_ATree_ShowsItNodeByNode()
    {
        var tree = new AggregationTree
        {
            Slots =
            [
                new() { Slot = "top", Role = AggregatorRole.Top, Node = "b", Worker = "w0" },
                new() { Slot = "leaf-1", Role = AggregatorRole.Middle, Node = "a", Worker = "w1", Parent = "top", Received = 12 },
                new() { Slot = "leaf-2", Role = AggregatorRole.Leaf, Node = "a", Worker = "w2", Parent = "leaf-1", Received = 8 },
                new() { Slot = "leaf-3", Role = AggregatorRole.Leaf, Parent = "top" },
            ],
        };

        Assert.Equal(
            [
                "a",
                "  leaf-1   Middle  feeds top        12 updates  w1",
                "  leaf-2   Leaf    feeds leaf-1      8 updates  w2",
                "b",
                "  top      Top     publishes         0 updates  w0",
            ],
            TreePlot.Draw(tree));
    }
}
