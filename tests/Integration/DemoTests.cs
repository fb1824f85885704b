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

    [Fact]
    public async Task DemoTraining_OfFewSteps_RestartsAfterTheKillAndServesWhatItTrained()
    {
        using var report = await PlayAsync("training", "--steps", "1000", "--min-accuracy", "0.85");

        var figures = report.RootElement;
        Assert.Equal(1000, figures.GetProperty("steps").GetInt64());
        Assert.True(figures.GetProperty("restarts").GetInt32() >= 1);
        Assert.InRange(figures.GetProperty("accuracy").GetDouble(), 0.85, 1);
        Assert.True(figures.GetProperty("seconds").GetDouble() > 0);
        var steps = figures.GetProperty("lossCurve").EnumerateArray().Select(p => p.GetProperty("step").GetInt64()).ToList();
        Assert.Equal(steps.Order().Distinct(), steps);
        Assert.Equal(1000, steps[^1]);
    }

    [Fact]
    public async Task DemoFederated_OfAFewClients_FoldsEveryUpdateAndServesTheModel()
    {
        using var report = await PlayAsync("federated", "--clients", "4", "--rounds", "2", "--min-accuracy", "0.5");

        var figures = report.RootElement;
        Assert.Equal(2, figures.GetProperty("rounds").GetInt32());
        Assert.Equal((8, 8), (figures.GetProperty("updatesReceived").GetInt64(), figures.GetProperty("updatesFolded").GetInt64()));
        var accuracies = figures.GetProperty("accuracyPerRound").EnumerateArray().Select(a => a.GetDouble()).ToList();
        Assert.Equal(2, accuracies.Count);
        Assert.InRange(accuracies[^1], 0.5, 1);
        Assert.True(figures.GetProperty("seconds").GetDouble() > 0);
    }

    [Fact]
    public async Task DemoFederated_ModelThatLearnedTooLittle_SaysSoAndEndsWithOne()
    {
        await using var process = HearthProcess.Start("demo", "federated", "--rounds", "1", "--clients", "2", "--min-accuracy", "1");

        Assert.Equal(1, await process.WaitForExitAsync(TimeSpan.FromMinutes(3)));

        Assert.Contains("of the held-out digits rightly; 1.000 were expected", process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DemoTraining_FolderWithoutDigits_SaysWhatIsExpected()
    {
        var folder = Directory.CreateTempSubdirectory("hearth-demo-").FullName;
        await using var process = HearthProcess.Start("demo", "training", "--data", folder);

        Assert.Equal(1, await process.WaitForExitAsync());

        Assert.Contains($"the folder \"{folder}\" has no file \"train-images-idx3-ubyte\"", process.Output, StringComparison.Ordinal);
        Directory.Delete(folder);
    }

    /// <summary>Plays a demo to its end and returns its report.</summary>
    private static async Task<JsonDocument> PlayAsync(string demo, params string[] arguments)
    {
        var report = Path.Combine(Path.GetTempPath(), $"hearth-demo-{Guid.NewGuid():N}.json");
        await using var process = HearthProcess.Start(["demo", demo, .. arguments, "--report", report]);
        Assert.True(await process.WaitForExitAsync(TimeSpan.FromMinutes(3)) == 0, process.Output);
        Assert.Contains("held-out digits rightly", process.Output, StringComparison.Ordinal);
        var bytes = await File.ReadAllBytesAsync(report);
        File.Delete(report);
        return JsonDocument.Parse(bytes);
    }
}
