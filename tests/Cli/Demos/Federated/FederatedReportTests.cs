using System.Text.Json.Nodes;
using Hearth.Cli.Demos.Federated;

namespace Hearth.Cli.Tests.Demos.Federated;

public sealed class FederatedReportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"hearth-report-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_OfARun_HasExactlyTheFieldsThatReadersExpect()
    {
        new FederatedReport { Rounds = 2, AccuracyPerRound = [0.5, 0.75], UpdatesReceived = 41, UpdatesFolded = 40, Seconds = 12.5 }.Write(_path);

        var expected = JsonNode.Parse("""{"rounds":2,"accuracyPerRound":[0.5,0.75],"updatesReceived":41,"updatesFolded":40,"seconds":12.5}""");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(_path))), File.ReadAllText(_path));
    }
}
