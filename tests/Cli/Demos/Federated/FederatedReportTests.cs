using System.Text.Json.Nodes;
using Hearth.Api.FederatedAggregations;
using Hearth.Cli.Demos.Federated;

namespace Hearth.Cli.Tests.Demos.Federated;

public sealed class FederatedReportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"hearth-report-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_OfARun_HasExactlyTheFieldsThatReadersExpect()
    {
        new FederatedReport
        {
            Rounds = 2,
            AccuracyPerRound = [0.5, 0.75],
            UpdatesReceived = 41,
            UpdatesFolded = 40,
            Seconds = 12.5,
            Tree = [new() { Slot = "leaf-1", Role = AggregatorRole.Middle, Node = "node-1", Worker = "w", Parent = "top", Ready = true, Received = 21, Folded = 20 }],
            BytesOnNode = 7,
            BytesAcross = 5,
            WorkerStarts = 1,
            WorkerReuses = 9,
        }.Write(_path);

        var expected = JsonNode.Parse(
            """
            {"rounds":2,"accuracyPerRound":[0.5,0.75],"updatesReceived":41,"updatesFolded":40,"seconds":12.5,
             "tree":[{"slot":"leaf-1","role":"Middle","worker":"w","node":"node-1","parent":"top","ready":true,"received":21,"folded":20}],
             "bytesOnNode":7,"bytesAcross":5,"workerStarts":1,"workerReuses":9}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(_path))), File.ReadAllText(_path));
    }
}
