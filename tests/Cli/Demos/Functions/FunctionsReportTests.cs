using System.Text.Json.Nodes;
using Hearth.Cli.Demos.Functions;
using Hearth.Cli.Demos.Serving;
using Hearth.Compute;

namespace Hearth.Cli.Tests.Demos.Functions;

public sealed class FunctionsReportTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"hearth-report-{Guid.NewGuid():N}.json");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_OfARun_HasExactlyTheFieldsThatReadersExpect()
    {
        var cold = new[] { Cold(30, 40), Cold(10, 15), Cold(20, 25) };
        var output = new Tensor("scores", DataType.U8, TensorShape.Of(1, 3), [1, 2, 4]);

        FunctionsReport.Make(cold, TimeSpan.FromMilliseconds(400), [3, 1, 2], [output]).Write(_path);

        var expected = JsonNode.Parse(
            """
            {"coldStart":{"podAllocation":1,"deployCode":2,"deployDependency":20,"scheduling":2,"total":25},
             "coldFromCreate":400,"modelLoad":20,"warmP50":2,"warmP99":3,"outputs":[{"name":"scores","shape":[1,3],"sum":7}]}
            """);
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(File.ReadAllText(_path))), File.ReadAllText(_path));
    }

    private static ColdStartTiming Cold(double load, double total) => new("pool", 1, 2, load, 2, total);
}
