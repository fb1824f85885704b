using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Hearth.Compute;
using Hearth.Compute.Cpu;
using Hearth.Compute.Safetensors;
using Hearth.Training.Artifacts;
using Hearth.Training.Models;

namespace Hearth.Training.Tests.Artifacts;

public sealed class ModelArtifactTests : IDisposable
{
    private readonly Folder _folder = new();
    private readonly CpuAccelerator _accelerator = Make.Accelerator();

    private string ManifestPath => Path.Combine(_folder.Path, "model.json");

    [Fact]
    public async Task Load_WhatWasSaved_GivesTheSameModel()
    {
        using var network = await SaveAsync();

        using var fromDirectory = ModelArtifact.Load(_folder.Path, _accelerator);
        using var fromFile = ModelArtifact.Load(ManifestPath, _accelerator);

        Assert.Equal(Make.BytesOf(network), Make.BytesOf(fromDirectory));
        Assert.Equal(Make.BytesOf(network), Make.BytesOf(fromFile));
        Assert.Equal(network.Model.Layers, fromFile.Model.Layers);
        Assert.Equal(network.Model.Classes, fromFile.Model.Classes);
        Assert.Equal(network.Model.Input.Shape, fromFile.Model.Input.Shape);
        Assert.Equal(network.Model.Normalization.Mean, fromFile.Model.Normalization.Mean);
        Assert.Equal(network.Model.Normalization.Scale, fromFile.Model.Normalization.Scale);
        Assert.Equal(["0.bias", "0.weight", "2.bias", "2.weight"], fromFile.Parameters.Select(parameter => parameter.Name).Order());
    }

    [Fact]
    public async Task SaveAsync_OverAnotherModel_ReplacesItAndTellsItsDigest()
    {
        using var first = await SaveAsync(seed: 1);
        using var second = MakeNetwork(seed: 2);

        var digest = await ModelArtifact.SaveAsync(_folder.Path, second);

        using var loaded = ModelArtifact.Load(_folder.Path, _accelerator);
        Assert.Equal(Make.BytesOf(second), Make.BytesOf(loaded));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(ManifestPath))), digest);
        Assert.DoesNotContain(Directory.EnumerateFiles(_folder.Path), file => file.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SaveAsync_Cancelled_LeavesWhatWasThere()
    {
        using var first = await SaveAsync(seed: 1);
        var before = Directory.GetFiles(_folder.Path).Order().ToArray();
        using var second = MakeNetwork(seed: 2);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ModelArtifact.SaveAsync(_folder.Path, second, new CancellationToken(canceled: true)));

        Assert.Equal(before, Directory.GetFiles(_folder.Path).Order());
        using var loaded = ModelArtifact.Load(_folder.Path, _accelerator);
        Assert.Equal(Make.BytesOf(first), Make.BytesOf(loaded));
    }

    [Theory]
    [InlineData("this is no JSON", "no JSON of the expected form")]
    [InlineData("null", "no JSON of the expected form")]
    [InlineData("{}", "formatVersion is 0, expected 1")]
    [InlineData("""{"formatVersion":2}""", "formatVersion is 2, expected 1")]
    [InlineData("""{"formatVersion":1,"formatVersion":1}""", "no JSON of the expected form")]
    [InlineData("""{"formatVersion":1,"model":{"layers":[{"kind":"Fold"}]}}""", "$.model.layers[0]")]
    [InlineData("""{"formatVersion":1,"model":{"classes":null}}""", "classes")]
    [InlineData("""{"formatVersion":1,"model":{"layers":[null],"classes":["a","b"],"input":{"shape":[2]}}}""", "layers[0]: it is null")]
    public void Load_MalformedManifest_SaysWhatIsWrong(string json, string fault)
    {
        _folder.Write("model.json", json);

        var error = Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator));

        Assert.Contains(ManifestPath, error.Message, StringComparison.Ordinal);
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(".weights.tmp")]
    public async Task Load_WeightsElsewhere_AreRefused(string file)
    {
        using var network = await SaveAsync();
        ChangeManifest(manifest => manifest["weights"]!["file"] = file);

        Assert.Contains("weights.file", Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_SeveralFaults_NamesAllOfThem()
    {
        using var network = await SaveAsync();
        ChangeManifest(manifest =>
        {
            manifest["model"]!["classes"]!.AsArray().RemoveAt(0);
            manifest["model"]!["input"]!["name"] = "";
            manifest["weights"]!["sha256"] = "abc";
        });

        var error = Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator));

        Assert.Equal(3, error.Faults.Count);
    }

    [Fact]
    public async Task Load_WeightsCutShort_AreRefused()
    {
        using var network = await SaveAsync();
        var weights = Directory.GetFiles(_folder.Path, "weights-*").Single();
        File.WriteAllBytes(weights, File.ReadAllBytes(weights)[..^1]);

        var error = Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator));

        Assert.Contains(weights, error.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Load_ArchitectureThatDoesNotFitItsWeights_NamesEveryTensor()
    {
        using var network = await SaveAsync();
        ChangeManifest(manifest =>
        {
            var layers = manifest["model"]!["layers"]!.AsArray();
            layers[0]!["outputs"] = 6;
            layers.Insert(2, JsonNode.Parse("""{"kind":"Linear","outputs":2}"""));
        });

        var error = Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator));

        Assert.Equal(
            [
                "tensor \"0.weight\" is F32[5,4], expected F32[6,4]",
                "tensor \"0.bias\" is F32[5], expected F32[6]",
                "tensor \"2.weight\" is F32[3,5], expected F32[2,6]",
                "tensor \"2.bias\" is F32[3], expected F32[2]",
                "tensor \"3.weight\" is missing, expected F32[3,2]",
                "tensor \"3.bias\" is missing, expected F32[3]",
            ],
            error.Faults);
        Assert.Equal(Make.ValuesOf(network).Length * sizeof(float), _accelerator.MemoryInUse);
    }

    [Fact]
    public async Task Load_TensorsOfNoLayerOrOtherTypeOrNotFinite_AreNamed()
    {
        using var network = await SaveAsync();
        var tensors = network.ToTensors();
        tensors["0.bias"].Buffer.AsSpan<float>()[2] = float.NaN;
        await ReplaceWeightsAsync(tensors);
        Assert.Equal("tensor \"0.bias\" has 1 values that are NaN or infinite", Assert.Single(LoadFaults()));

        tensors["0.bias"] = HostTensor.Allocate(DataType.F64, TensorShape.Of(5));
        tensors.Add("7.weight", HostTensor.Allocate(DataType.U8, TensorShape.Of(1)));
        await ReplaceWeightsAsync(tensors);
        Assert.Equal(["tensor \"0.bias\" is F64[5], expected F32[5]", "tensor \"7.weight\" belongs to no layer of the model"], LoadFaults());
    }

    [Fact]
    public async Task Load_WeightsThatAreNoSafetensors_TellsTheirFaults()
    {
        using var network = await SaveAsync();
        UseWeights([1, 2, 3]);

        Assert.Contains("3 bytes", Assert.Single(LoadFaults()), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _accelerator.Dispose();
        _folder.Dispose();
    }

    private IReadOnlyList<string> LoadFaults() => Assert.Throws<ModelFormatException>(() => ModelArtifact.Load(_folder.Path, _accelerator)).Faults;

    private Network MakeNetwork(ulong seed)
    {
        var data = Make.Blobs(20, 4, 3, seed: 1);
        var network = new Network(_accelerator, ModelSpec.Mlp(data, Normalization.Standardize(data), 5));
        network.Initialize(seed);
        return network;
    }

    private async Task<Network> SaveAsync(ulong seed = 1)
    {
        var network = MakeNetwork(seed);
        await ModelArtifact.SaveAsync(_folder.Path, network);
        return network;
    }

    private void ChangeManifest(Action<JsonNode> change)
    {
        var manifest = JsonNode.Parse(File.ReadAllText(ManifestPath))!;
        change(manifest);
        File.WriteAllText(ManifestPath, manifest.ToJsonString());
    }

    private async Task ReplaceWeightsAsync(Dictionary<string, HostTensor> tensors)
    {
        using var memory = new MemoryStream();
        await SafetensorsWriter.WriteAsync(memory, tensors);
        UseWeights(memory.ToArray());
    }

    private void UseWeights(byte[] content)
    {
        _folder.Write("other.safetensors", content);
        ChangeManifest(manifest =>
        {
            manifest["weights"]!["file"] = "other.safetensors";
            manifest["weights"]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(content));
        });
    }
}
