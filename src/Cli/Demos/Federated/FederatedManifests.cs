using System.Text.Json.Nodes;
using Hearth.Api.FederatedAggregations;

namespace Hearth.Cli.Demos.Federated;

/// <summary>The federation of the demo. Pure.</summary>
internal static class FederatedManifests
{
    /// <summary>Workers that aggregate: the top, and a middle and a leaf on each of two nodes.</summary>
    public const int Aggregators = 5;

    private const double OneOf255 = 1 / 255.0;
    private const int Leaves = Aggregators - 1;

    /// <summary>A perceptron that <paramref name="clients"/> clients train together, all of them in every round, their updates gathered by a tree.</summary>
    public static JsonObject MakeFederation(string name, string pool, int clients, int rounds, string folder) => new()
    {
        ["apiVersion"] = FederatedAggregation.Definition.ApiVersion,
        ["kind"] = FederatedAggregation.Definition.Kind,
        ["metadata"] = new JsonObject { ["name"] = name },
        ["spec"] = new JsonObject
        {
            ["pool"] = pool,
            ["architecture"] = new JsonObject
            {
                ["kind"] = "Mlp",
                ["hidden"] = new JsonArray(64),
                ["inputShape"] = new JsonArray(28, 28),
                ["classes"] = new JsonArray([.. Enumerable.Range(0, 10).Select(digit => (JsonNode)$"{digit}")]),
                ["scale"] = OneOf255,
            },
            ["seed"] = 1,
            ["rounds"] = rounds,
            ["clients"] = new JsonObject
            {
                ["minPerRound"] = clients,
                ["maxPerRound"] = clients,
                ["localWork"] = new JsonObject { ["epochs"] = 4, ["batchSize"] = 32, ["learningRate"] = 0.2 },
            },
            ["hierarchy"] = new JsonObject { ["levels"] = "Three", ["maxFanIn"] = MaxFanIn(clients), ["nodeCapacity"] = 2 * MaxFanIn(clients) },
            ["maxAggregators"] = Aggregators,
            ["output"] = new JsonObject { ["uri"] = new Uri(folder).AbsoluteUri },
        },
    };

    private static int MaxFanIn(int clients) => (clients + Leaves - 1) / Leaves;
}
