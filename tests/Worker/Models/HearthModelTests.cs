using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Testing;
using Hearth.Training;
using Hearth.Training.Artifacts;
using Hearth.Training.Datasets;
using Hearth.Training.Models;
using Hearth.Training.Optimizers;

namespace Hearth.Worker.Tests.Models;

/// <summary>Trained here, saved, served over HTTP.</summary>
public sealed class HearthModelTests(HearthModelTests.Trained trained) : IClassFixture<HearthModelTests.Trained>
{
    private const int Pixels = Digits.Size * Digits.Size;

    [Theory]
    [InlineData(1)]
    [InlineData(300)]
    public async Task Infer_HeldOutDigits_AreClassified(int count)
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(Describe($"file://{trained.Folder}"));
        var (pixels, labels) = Digits.Draw(300, seed: 2);

        var correct = 0;
        for (var first = 0; first < labels.Length; first += count)
        {
            // One at a time shows as much with a few of them.
            if (first == 20 * count)
                break;
            var outputs = await InferAsync(worker, pixels.AsSpan(first * Pixels, count * Pixels).ToArray());
            var answered = outputs["label"].EnumerateArray().Select(label => int.Parse(label.GetString()!, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(count, answered.Length);
            var probabilities = outputs["probabilities"].EnumerateArray().Select(value => value.GetSingle()).ToArray();
            for (var i = 0; i < count; i++)
            {
                var row = probabilities.AsSpan(10 * i, 10).ToArray();
                Assert.Equal(1, row.Sum(), 1e-4);
                Assert.Equal(row.Max(), row[answered[i]]);
                correct += answered[i] == labels[first + i] ? 1 : 0;
            }
        }

        Assert.InRange((double)correct / Math.Min(300, 20 * count), 0.9, 1);
    }

    [Fact]
    public async Task Metadata_ServedModel_SaysWhatItTakes()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(Describe($"file://{trained.Folder}/model.json"));

        var metadata = JsonNode.Parse(await worker.Data.GetStringAsync("/v2/models/fn"))!;

        Assert.Equal("hearth_safetensors", (string?)metadata["platform"]);
        Assert.Equal("""[{"name":"input","datatype":"FP32","shape":[-1,8,8]}]""", metadata["inputs"]!.ToJsonString());
        Assert.Equal(
            """[{"name":"probabilities","datatype":"FP32","shape":[-1,10]},{"name":"label","datatype":"BYTES","shape":[-1]}]""",
            metadata["outputs"]!.ToJsonString());
    }

    [Fact]
    public async Task Infer_InBinaryOnlyLabels_AnswersThem()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(Describe($"file://{trained.Folder}"));
        var (pixels, _) = Digits.Draw(3, seed: 2);

        using var response = await worker.InferBinaryAsync(
            """
            {"inputs":[{"name":"input","shape":[3,8,8],"datatype":"FP32","parameters":{"binary_data_size":768}}],"outputs":[{"name":"label"}]}
            """,
            MemoryMarshal.AsBytes<float>(pixels).ToArray());

        var outputs = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["outputs"]!.AsArray();
        Assert.Equal("label", (string?)Assert.Single(outputs)!["name"]);
        Assert.Equal(3, outputs[0]!["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task Infer_NoExamples_AnswersNone()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(Describe($"file://{trained.Folder}"));

        Assert.Empty((await InferAsync(worker, []))["label"].EnumerateArray());
    }

    [Fact]
    public async Task Infer_WrongShape_IsRefusedWithTheExpectedOne()
    {
        await using var worker = await TestWorker.StartAsync();
        await worker.ServeAsync(Describe($"file://{trained.Folder}"));

        using var response = await worker.InferAsync("""{"inputs":[{"name":"input","shape":[1,2],"datatype":"FP32","data":[1,2]}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("expected FP32[-1,8,8]", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Infer_Batched_AnswersAsAloneAndLeavesTheWorkerClean()
    {
        const int Count = 12;
        await using var batching = await TestWorker.StartAsync();
        await using var single = await TestWorker.StartAsync();
        await batching.ServeAsync(Describe($"file://{trained.Folder}") with { Batching = new() { MaxSize = Count, MaxDelay = TimeSpan.FromMinutes(1) } });
        await single.ServeAsync(Describe($"file://{trained.Folder}"));
        var (pixels, _) = Digits.Draw(Count, seed: 4);
        var examples = Enumerable.Range(0, Count).Select(i => pixels.AsSpan(i * Pixels, Pixels).ToArray()).ToArray();

        var joined = await Task.WhenAll(examples.Select(example => InferAsync(batching, example)));
        for (var i = 0; i < Count; i++)
        {
            var alone = await InferAsync(single, examples[i]);
            Assert.Equal(Texts(alone["label"]), Texts(joined[i]["label"]));
            Assert.All(Values(alone["probabilities"]).Zip(Values(joined[i]["probabilities"])), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }

        Assert.Contains($"hearth_worker_batch_requests_sum {Count}", await batching.Control.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await batching.Control.DeleteAsync("/assignment")).StatusCode);

        static string?[] Texts(JsonElement data) => [.. data.EnumerateArray().Select(value => value.GetString())];

        static float[] Values(JsonElement data) => [.. data.EnumerateArray().Select(value => value.GetSingle())];
    }

    [Fact]
    public async Task Release_ServedModel_LeavesTheWorkerClean()
    {
        await using var worker = await TestWorker.StartAsync();
        for (var i = 0; i < 3; i++)
        {
            await worker.ServeAsync(Describe($"file://{trained.Folder}"));
            await InferAsync(worker, Digits.Draw(5, seed: 3).Pixels);
            Assert.Equal(HttpStatusCode.OK, (await worker.Control.DeleteAsync("/assignment")).StatusCode);
        }
    }

    [Fact]
    public async Task Post_ModelOverHttp_FetchesTheWeightsBesideItOnce()
    {
        await using var files = await FileServer.StartAsync(trained.Folder);
        await using var worker = await TestWorker.StartAsync();
        var assignment = Describe($"{files.Url}models/model.json");
        assignment.Model!.Sha256 = trained.Digest;

        var first = (await worker.AssignAsync(assignment))[^1];
        await worker.Control.DeleteAsync("/assignment");
        var second = (await worker.AssignAsync(assignment))[^1];

        Assert.True(first.State == AssignmentState.Ready, first.Failure?.Message);
        Assert.Equal((false, true), (first.CacheHit, second.CacheHit));
        Assert.Equal(["/models/model.json", $"/models/{trained.WeightsFile}"], files.Requests);
    }

    [Fact]
    public async Task Post_OtherDigest_IsRefused()
    {
        await using var worker = await TestWorker.StartAsync();
        var assignment = Describe($"file://{trained.Folder}");
        assignment.Model!.Sha256 = new string('0', 64);

        var failed = (await worker.AssignAsync(assignment))[^1];

        Assert.Equal(AssignmentFailureReason.DigestMismatch, failed.Failure?.Reason);
        Assert.Contains(trained.Digest, failed.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_WeightsCutShort_SaysWhichFile()
    {
        await using var worker = await TestWorker.StartAsync();
        var folder = CopyTo(worker, "cut");
        var weights = Path.Combine(folder, trained.WeightsFile);
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^4]);

        var failed = (await worker.AssignAsync(Describe($"file://{folder}")))[^1];

        Assert.Equal(AssignmentFailureReason.DigestMismatch, failed.Failure?.Reason);
        Assert.Contains(weights, failed.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_ArchitectureThatDoesNotFitItsWeights_NamesTheTensors()
    {
        await using var worker = await TestWorker.StartAsync();
        var folder = CopyTo(worker, "misfit");
        var path = Path.Combine(folder, "model.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["model"]!["layers"]![0]!["outputs"] = 9;
        File.WriteAllText(path, manifest.ToJsonString());

        var failed = (await worker.AssignAsync(Describe($"file://{folder}")))[^1];

        Assert.Equal(AssignmentFailureReason.InvalidModel, failed.Failure?.Reason);
        Assert.Contains("tensor \"0.weight\" is F32[64,64], expected F32[9,64]", failed.Failure?.Message, StringComparison.Ordinal);
        Assert.Contains("tensor \"2.weight\"", failed.Failure?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_MissingPart_SaysWhichFile()
    {
        await using var worker = await TestWorker.StartAsync();
        var folder = CopyTo(worker, "parts");
        File.Delete(Path.Combine(folder, trained.WeightsFile));

        var failed = (await worker.AssignAsync(Describe($"file://{folder}")))[^1];

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failed.Failure?.Reason);
        Assert.Contains(trained.WeightsFile, failed.Failure?.Message, StringComparison.Ordinal);
        await worker.Control.DeleteAsync("/assignment");
        File.WriteAllText(Path.Combine(folder, "model.json"), "no JSON");
        Assert.Equal(AssignmentFailureReason.InvalidModel, (await worker.AssignAsync(Describe($"file://{folder}")))[^1].Failure?.Reason);
    }

    private static Assignment Describe(string uri)
    {
        var assignment = TestWorker.Describe(uri);
        assignment.Model!.Format = ModelFormat.Hearth;
        return assignment;
    }

    private static async Task<Dictionary<string, JsonElement>> InferAsync(TestWorker worker, float[] pixels)
    {
        var data = string.Join(',', pixels.Select(pixel => pixel.ToString("R", CultureInfo.InvariantCulture)));
        using var response = await worker.InferAsync(
            $$"""{"inputs":[{"name":"input","shape":[{{pixels.Length / Pixels}},8,8],"datatype":"FP32","data":[{{data}}]}]}""");
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text).GetProperty("outputs").EnumerateArray()
            .ToDictionary(output => output.GetProperty("name").GetString()!, output => output.GetProperty("data"));
    }

    private string CopyTo(TestWorker worker, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(worker.Directory, name)).FullName;
        foreach (var file in Directory.GetFiles(trained.Folder))
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        return folder;
    }

    /// <summary>A small network that knows generated digits, as files.</summary>
    public sealed class Trained : IAsyncLifetime
    {
        public string Folder { get; } = Directory.CreateTempSubdirectory("hearth-model-").FullName;

        public string Digest { get; private set; } = "";

        public string WeightsFile => Path.GetFileName(Directory.GetFiles(Folder, "weights-*").Single());

        public async Task InitializeAsync()
        {
            var (pixels, labels) = Digits.Draw(2000, seed: 1);
            var data = new Dataset(pixels, labels, TensorShape.Of(Digits.Size, Digits.Size), [.. "0123456789".Select(digit => digit.ToString())]);
            using var accelerator = new CpuAccelerator();
            using var trainer = new Trainer(accelerator, ModelSpec.Mlp(data, Normalization.OfBytes, 64), data, new TrainingOptions { Optimizer = new AdamSpec { LearningRate = 3e-3f } });
            while (trainer.Step < 30L * trainer.StepsPerEpoch)
                trainer.TakeStep();
            Digest = await ModelArtifact.SaveAsync(Folder, trainer.Network);
            Assert.Equal(Digest, Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(Folder, "model.json")))));
        }

        public Task DisposeAsync()
        {
            Directory.Delete(Folder, recursive: true);
            return Task.CompletedTask;
        }
    }
}
