using System.Text.Json.Nodes;
using Hearth.Cli.Demos.Training;

namespace Hearth.Cli.Tests.Demos.Training;

public sealed class TrainingReportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"hearth-report-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_OfARun_HasExactlyTheFieldsThatReadersExpect()
    {
        new TrainingReport { Steps = 200, LossCurve = [new(100, 1.5), new(200, 0.5)], Accuracy = 0.95, Restarts = 1, Seconds = 12.5 }.Write(_path);

        var expected = JsonNode.Parse(
            """{"steps":200,"lossCurve":[{"step":100,"loss":1.5},{"step":200,"loss":0.5}],"accuracy":0.95,"restarts":1,"seconds":12.5}""");
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(_path))), File.ReadAllText(_path));
    }
}
