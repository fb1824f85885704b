using System.Text.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Models;

namespace Hearth.Api.Tests.FederatedAggregations;

public sealed class FederatedAggregationSpecTests
{
    [Fact]
    public void Deserialize_OnlyWhatIsRequired_HasTheDefaults()
    {
        var spec = Read("""{"architecture":{"hidden":[8]},"output":{"uri":"file:///out"}}""");

        Assert.Equal((10, 0, HearthApi.DefaultPool, false), (spec.Rounds, spec.Seed, spec.Pool, spec.Suspend));
        Assert.Equal((2, null, ClientSelection.All), (spec.Clients.MinPerRound, spec.Clients.MaxPerRound, spec.Clients.Selection));
        Assert.Equal(TimeSpan.FromMinutes(1), spec.Clients.RoundTimeout);
        Assert.Equal(new LocalWorkSpec { Epochs = 1, BatchSize = 32, LearningRate = 0.05 }, spec.Clients.LocalWork);
        Assert.Equal((FederationMode.Synchronous, FederationStrategy.FedAvg), (spec.Mode, spec.Strategy.Name));
        Assert.Equal(new HierarchySpec { MaxFanIn = 10, Levels = HierarchyLevels.Auto, NodeCapacity = 20, KeepAlive = TimeSpan.FromSeconds(30) }, spec.Hierarchy);
        Assert.Equal((16, null, null), (spec.MaxAggregators, spec.Clients.Auth, spec.Clients.Quota));
    }

    [Fact]
    public void Deserialize_EveryField_IsRead()
    {
        var spec = Read(
            """
            {"architecture":{"kind":"SoftmaxRegression","inputShape":[28,28],"classes":["0","1"],"mean":0.5,"scale":0.0039},"seed":7,"rounds":3,
             "clients":{"minPerRound":10,"maxPerRound":20,"roundTimeout":"90s","selection":"Random","localWork":{"epochs":2,"batchSize":16,"learningRate":0.1},
             "auth":{"secretName":"tokens"},"quota":{"requests":4,"bytes":"1Gi"}},"hierarchy":{"maxFanIn":5,"levels":"Three","nodeCapacity":50,"keepAlive":"2m"},"maxAggregators":9,
             "mode":"Synchronous","strategy":{"name":"FedAvg"},"pool":"small","output":{"uri":"file:///out"},"suspend":true}
            """);

        Assert.Equal((ArchitectureKind.SoftmaxRegression, 7, 3, "small", true), (spec.Architecture!.Kind, spec.Seed, spec.Rounds, spec.Pool, spec.Suspend));
        Assert.Equal((10, 20, ClientSelection.Random), (spec.Clients.MinPerRound, spec.Clients.MaxPerRound, spec.Clients.Selection));
        Assert.Equal(TimeSpan.FromSeconds(90), spec.Clients.RoundTimeout);
        Assert.Equal(new LocalWorkSpec { Epochs = 2, BatchSize = 16, LearningRate = 0.1 }, spec.Clients.LocalWork);
        Assert.Equal((new ClientsAuthSpec { SecretName = "tokens" }, new ClientQuotaSpec { Requests = 4, Bytes = "1Gi" }), (spec.Clients.Auth, spec.Clients.Quota));
        Assert.Equal(new HierarchySpec { MaxFanIn = 5, Levels = HierarchyLevels.Three, NodeCapacity = 50, KeepAlive = TimeSpan.FromMinutes(2) }, spec.Hierarchy);
        Assert.Equal(9, spec.MaxAggregators);
    }

    private static FederatedAggregationSpec Read(string json) =>
        JsonSerializer.Deserialize(json, ApiJsonContext.Default.FederatedAggregationSpec)!;
}
