using System.Text.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Cli.Demos.Federated;

namespace Hearth.Cli.Tests.Demos.Federated;

public sealed class FederatedManifestsTests
{
    [Fact]
    public void MakeFederation_OfTheDemo_IsValid()
    {
        var manifest = FederatedManifests.MakeFederation("demo", "pool", clients: 20, rounds: 10, "/folder");

        var federation = manifest.Deserialize(FederatedAggregation.JsonTypeInfo)!;
        Assert.Empty(FederatedAggregationValidation.Validate(federation));
        Assert.Equal((HierarchyLevels.Three, 5, 10, 5), (federation.Spec.Hierarchy.Levels, federation.Spec.Hierarchy.MaxFanIn, federation.Spec.Hierarchy.NodeCapacity, federation.Spec.MaxAggregators));
        Assert.Equal((20, 10, "file:///folder"), (federation.Spec.Clients.MinPerRound, federation.Spec.Rounds, federation.Spec.Output.Uri));
    }
}
