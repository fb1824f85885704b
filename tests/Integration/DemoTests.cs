using System.Text.Json;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>The command that users see first.</summary>
public sealed class DemoTests
{
    [OnnxRuntimeTheory(needsSharedData: true)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task DemoFunctions_FaceDetector_AnswersWhatTheReferenceDoes(bool binary)
    {
        var folder = Directory.CreateTempSubdirectory("hearth-demo-").FullName;
        var (answer, report) = (Path.Combine(folder, "o.json"), Path.Combine(folder, "r.json"));
        string[] arguments =
        [
            "demo", "functions", "--model", SharedData.PathOf("models/ultraface-rfb-320.onnx"), "--input", SharedData.PathOf("images/faces-1.input.f32"),
            "--output", answer, "--report", report,
        ];
        await using var demo = HearthProcess.Start(binary ? [.. arguments, "--binary"] : arguments);

        Assert.True(await demo.WaitForExitAsync(TimeSpan.FromMinutes(2)) == 0, demo.Output);

        using var expected = JsonDocument.Parse(await File.ReadAllBytesAsync(SharedData.PathOf("images/faces-1.expected.json")));
        using var given = JsonDocument.Parse(await File.ReadAllBytesAsync(answer));
        var outputs = given.RootElement.GetProperty("outputs").EnumerateArray().ToDictionary(
            o => o.GetProperty("name").GetString()!, o => o.GetProperty("data").EnumerateArray().Select(v => v.GetDouble()).ToArray());
        foreach (var candidate in expected.RootElement.GetProperty("candidatesAbove0_7").EnumerateArray())
        {
            var anchor = candidate.GetProperty("anchor").GetInt32();
            Assert.Equal(candidate.GetProperty("score").GetDouble(), outputs["scores"][(2 * anchor) + 1], 1e-4);
            foreach (var (corner, i) in candidate.GetProperty("box").EnumerateArray().Select((c, i) => (c.GetDouble(), i)))
                Assert.Equal(corner, outputs["boxes"][(4 * anchor) + i], 1e-4);
        }

        using var figures = JsonDocument.Parse(await File.ReadAllBytesAsync(report));
        var coldStart = figures.RootElement.GetProperty("coldStart");
        Assert.All(["podAllocation", "deployCode", "deployDependency", "scheduling", "total"], part => Assert.True(coldStart.GetProperty(part).GetDouble() >= 0));
        Assert.All(["coldFromCreate", "modelLoad", "warmP50", "warmP99"], figure => Assert.True(figures.RootElement.GetProperty(figure).GetDouble() > 0));
        foreach (var output in figures.RootElement.GetProperty("outputs").EnumerateArray())
        {
            var reference = expected.RootElement.GetProperty("outputs").EnumerateArray().Single(o => o.GetProperty("name").GetString() == output.GetProperty("name").GetString());
            var sum = reference.GetProperty("sum").GetDouble();
            Assert.Equal(sum, output.GetProperty("sum").GetDouble(), 1e-4 * sum);
        }
        Directory.Delete(folder, recursive: true);
    }
}
