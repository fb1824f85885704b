using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Worker.Tests;

/// <summary>Models that stay loaded, over the worker's real ports.</summary>
public sealed class ResidentModelTests
{
    private const string OneFloat = """{"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1.5]}]}""";

    private static readonly byte[] Model = OnnxModel.Identity(OnnxModel.Float, "n");

    [OnnxRuntimeFact]
    public async Task Post_ModelOfTheAssignmentBefore_IsThereAlready()
    {
        await using var worker = await StartAsync();
        var first = Digested(worker.Describe(Model));
        var loaded = await ServeAndReleaseAsync(worker, first);

        var ready = (await worker.AssignAsync(first with { Id = "a2", Name = "fn", Generation = 9 }))[^1];

        Assert.Equal((false, true), (loaded.Resident, ready.Resident));
        Assert.Equal(0, ready.DeployCodeMs);
        using var response = await worker.InferAsync(OneFloat, "a2");
        Assert.Contains("\"model_version\":\"9\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [OnnxRuntimeFact]
    public async Task Post_SeveralModels_StayUntilTheyAreOverTheBudget()
    {
        await using var worker = await StartAsync();
        var models = Enumerable.Range(0, 3)
            .Select(i => Digested(worker.Describe(OnnxModel.Identity(OnnxModel.Float, Enumerable.Repeat<object>("n", i + 1).ToArray()), id: $"first-{i}")))
            .ToList();
        foreach (var model in models)
            await ServeAndReleaseAsync(worker, model);

        foreach (var model in models)
            Assert.True((await ServeAndReleaseAsync(worker, model with { Id = $"again-{model.Id}" })).Resident);
    }

    [OnnxRuntimeFact]
    public async Task Post_OwnerInAnotherNamespace_LoadsItself()
    {
        await using var worker = await StartAsync();
        var first = Digested(worker.Describe(Model));
        await ServeAndReleaseAsync(worker, first);

        Assert.False((await ServeAndReleaseAsync(worker, first with { Id = "a2", Namespace = "other" })).Resident);
    }

    [OnnxRuntimeFact]
    public async Task Post_DigestOfAModelThatItCannotRead_IsRefused()
    {
        await using var worker = await StartAsync();
        var first = Digested(worker.Describe(Model));
        await ServeAndReleaseAsync(worker, first);
        var thief = first with { Id = "a2", Model = first.Model! with { Uri = "file:///nowhere/model.onnx" } };

        var failed = (await worker.AssignAsync(thief))[^1];

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failed.Failure?.Reason);
    }

    [OnnxRuntimeFact]
    public async Task Post_SameBytesFromAnotherPlace_NeedNoSecondLoad()
    {
        await using var worker = await StartAsync();
        await ServeAndReleaseAsync(worker, Digested(worker.Describe(Model)));

        Assert.True((await ServeAndReleaseAsync(worker, Digested(worker.Describe(Model, id: "a2")))).Resident);
    }

    [OnnxRuntimeFact]
    public async Task Post_NoDigestDeclared_LoadsEachTime()
    {
        await using var worker = await StartAsync();
        var assignment = worker.Describe(Model);
        await ServeAndReleaseAsync(worker, assignment);

        Assert.False((await ServeAndReleaseAsync(worker, assignment with { Id = "a2" })).Resident);
    }

    [OnnxRuntimeFact]
    public async Task Artifacts_ModelServedAndThenKept_TellsBoth()
    {
        await using var worker = await StartAsync();
        var assignment = Digested(worker.Describe(Model));
        await worker.ServeAsync(assignment);
        var key = assignment.Model!.Sha256![..ArtifactKey.Length].ToLowerInvariant();

        Assert.Equal([key], await LoadedAsync());
        await worker.Control.DeleteAsync("/assignment");
        Assert.Equal([key], await LoadedAsync());

        async Task<IReadOnlyList<string>> LoadedAsync() =>
            (await worker.Control.GetFromJsonAsync("/artifacts", ApiJsonContext.Default.ArtifactReport))!.Loaded;
    }

    [OnnxRuntimeFact]
    public async Task Metrics_ModelKept_TellHowManyAndHowLarge()
    {
        await using var worker = await StartAsync();
        await ServeAndReleaseAsync(worker, Digested(worker.Describe(Model)));

        var metrics = await worker.Control.GetStringAsync("/metrics");

        // Other tests' workers of this process share the gauges; that each is told is what is seen here.
        Assert.Matches("hearth_worker_resident_models [0-9]+", metrics);
        Assert.Matches("hearth_worker_resident_bytes [0-9]+", metrics);
    }

    // Other tests of this process allocate too while a model is served, and would count as its memory.
    private static Task<TestWorker> StartAsync() => TestWorker.StartAsync(options => options with { ResidentBytes = long.MaxValue });

    private static Assignment Digested(Assignment assignment) => assignment with
    {
        Model = assignment.Model! with { Sha256 = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(new Uri(assignment.Model.Uri).LocalPath))) },
    };

    private static async Task<AssignmentProgress> ServeAndReleaseAsync(TestWorker worker, Assignment assignment)
    {
        var ready = (await worker.AssignAsync(assignment))[^1];
        Assert.True(ready.State == AssignmentState.Ready, ready.Failure?.Message);
        using var released = await worker.Control.DeleteAsync("/assignment");
        Assert.True(released.StatusCode == HttpStatusCode.OK, await released.Content.ReadAsStringAsync());
        return ready;
    }
}
