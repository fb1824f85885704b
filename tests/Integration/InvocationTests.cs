using System.Globalization;
using System.Net;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>Functions on a cluster of real processes, invoked through Dapr's URL.</summary>
public sealed class InvocationTests(Cluster cluster) : IClassFixture<Cluster>
{
    private const string AddRequest =
        """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[10,20]}]}""";

    [OnnxRuntimeFact]
    public async Task Infer_DigitsExample_ReadsEveryPicture()
    {
        var example = Path.Combine(Cluster.Repository, "examples", "functions", "digits");
        await cluster.CreateFunctionAsync("digits", $"file://{example}/digits.onnx");

        foreach (var picture in Directory.EnumerateFiles(Path.Combine(example, "pictures"), "*.pgm"))
        {
            var pixels = (await File.ReadAllBytesAsync(picture))[^784..].Select(p => (p / 255.0).ToString(CultureInfo.InvariantCulture));
            var answer = await cluster.InferAsync(
                "digits", $$"""{"inputs":[{"name":"image","shape":[1,1,28,28],"datatype":"FP32","data":[{{string.Join(',', pixels)}}]}]}""");

            var read = answer.ToList().IndexOf(answer.Max());
            Assert.Equal(Path.GetFileName(picture)[..1], read.ToString(CultureInfo.InvariantCulture));
        }
    }

    [OnnxRuntimeFact]
    public async Task Infer_FromZeroOnAWarmPool_NamesWhereTheTimeWent()
    {
        await CreateAddAsync("first");
        await cluster.WaitForWarmPoolAsync();

        var (response, body) = await cluster.PostAsync(cluster.Infer("first"), AddRequest);

        Assert.True(response.IsSuccessStatusCode, body);
        Assert.Equal("pool", response.Headers.GetValues(HearthHeaders.ColdStart).Single());
        var timing = response.Headers.GetValues("Server-Timing").Single();
        Assert.All(["podAllocation", "deployCode", "deployDependency", "scheduling", "total"], part => Assert.Contains($"{part};dur=", timing, StringComparison.Ordinal));

        var (warm, _) = await cluster.PostAsync(cluster.Infer("first"), AddRequest);
        Assert.False(warm.Headers.Contains(HearthHeaders.ColdStart));
        var function = await cluster.WaitForAsync<InferenceFunction>("first", f => f?.Status?.LastColdStart is not null, "lastColdStart in its status");
        Assert.True(function!.Status!.LastColdStart!.Total > TimeSpan.Zero);
    }

    [OnnxRuntimeFact]
    public async Task Infer_AfterScaleToZero_WorksAgain()
    {
        await CreateAddAsync("sleeper", """{"scale":{"keepAlive":{"duration":"1s"}}}""");
        Assert.Equal([11, 22], await cluster.InferAsync("sleeper", AddRequest));

        // The operator has seen it serve once its cold start is in the status; a test on a busy machine can miss the time between.
        await cluster.WaitForAsync<InferenceFunction>("sleeper", f => f?.Status?.LastColdStart is not null, "its cold start");
        await cluster.WaitForConditionAsync("sleeper", InferenceFunctionConditions.Ready, ConditionStatus.True, InferenceFunctionConditions.ScaledToZero);
        foreach (var worker in (await cluster.Client.ListAsync<V1Pod>("default", new() { LabelSelector = $"{HearthLabels.Function}=sleeper" })).Items)
            await cluster.WaitForAsync<V1Pod>(worker.Name(), p => p?.GetLabel(HearthLabels.Function) is null, "the worker free or gone");

        Assert.Equal([11, 22], await cluster.InferAsync("sleeper", AddRequest));
    }

    [OnnxRuntimeTheory]
    [InlineData("crowd-one", 0, 10, 1)]
    [InlineData("crowd-two", 100, 10, 2)]
    [InlineData("crowd-max", 10, 2, 2)]
    public async Task Infer_TwoHundredColdCallers_ActivateOnePerNeededWorker(string name, int concurrency, int max, int workers)
    {
        await CreateAddAsync(name, $$"""{"concurrency":{{concurrency}},"scale":{"max":{{max}},"targetConcurrency":1000 } }""");

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => cluster.PostAsync(cluster.Infer(name), AddRequest)));

        Assert.All(answers, a => Assert.True(a.Response.IsSuccessStatusCode, $"{(int)a.Response.StatusCode}: {a.Body}"));
        await cluster.WaitForAsync<InferenceFunction>(name, f => f?.Status?.Replicas == new ReplicaStatus { Ready = workers }, $"{workers} ready workers and none starting");
        Assert.Equal(workers, (await cluster.WorkersOfAsync(name)).Count);
    }

    [OnnxRuntimeTheory]
    [InlineData("missing-file", "file:///nowhere/model.onnx", null, "ArtifactNotFound")]
    [InlineData("missing-host", "http://127.0.0.1:1/model.onnx", null, "ArtifactUnavailable")]
    [InlineData("wrong-digest", null, "0000000000000000000000000000000000000000000000000000000000000000", "DigestMismatch")]
    [InlineData("no-model", "not-onnx", null, "InvalidModel")]
    public async Task Infer_ModelThatDoesNotLoad_IsExplainedAndMended(string name, string? uri, string? digest, string reason)
    {
        var good = await cluster.WriteFileAsync($"{name}.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        var bad = uri switch
        {
            null => $"file://{good}",
            "not-onnx" => $"file://{await cluster.WriteFileAsync("not.onnx", "this is no model"u8.ToArray())}",
            _ => uri,
        };
        await cluster.CreateFunctionAsync(name, bad, digest is null ? "{}" : $$"""{"model":{"sha256":"{{digest}}" } }""");

        var (response, body) = await cluster.PostAsync(cluster.Infer(name), AddRequest);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        using (var error = JsonDocument.Parse(body))
        {
            Assert.Equal("ERR_ACTIVATION_FAILED", error.RootElement.GetProperty("errorCode").GetString());
            Assert.Contains(reason, error.RootElement.GetProperty("message").GetString(), StringComparison.Ordinal);
        }
        var condition = await cluster.WaitForConditionAsync(name, InferenceFunctionConditions.ModelLoaded, ConditionStatus.False, reason);
        Assert.NotEmpty(condition.Message);

        await cluster.CreateFunctionAsync(name, $"file://{good}");
        // The gateway refuses by the old spec until it has seen the new one.
        await cluster.WaitForConditionAsync(name, InferenceFunctionConditions.ModelLoaded, ConditionStatus.Unknown);
        Assert.Equal([11, 22], await cluster.InferAsync(name, AddRequest));
    }

    [OnnxRuntimeTheory]
    [InlineData("""{"inputs":[{"name":"c","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "'c'")]
    [InlineData("""{"inputs":[{"name":"a","shape":[2,1],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "[2,1]")]
    [InlineData("""{"inputs":[{"name":"a","shape":[2],"datatype":"INT64","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[1,2]}]}""", "INT64")]
    [InlineData("""{"inputs":[""", "")]
    public async Task Infer_BadInput_IsExplainedAndTheNextRequestWorks(string request, string mentions)
    {
        await CreateAddAsync("careful");

        var (response, body) = await cluster.PostAsync(cluster.Infer("careful"), request);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("{\"error\":", body, StringComparison.Ordinal);
        Assert.Contains(mentions, body.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal([11, 22], await cluster.InferAsync("careful", AddRequest));
    }

    [Fact]
    public async Task Invoke_NoSuchFunction_IsDaprsError()
    {
        var (response, body) = await cluster.PostAsync(cluster.Infer("nobody"), AddRequest);

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        using var error = JsonDocument.Parse(body);
        Assert.Equal("ERR_DIRECT_INVOKE", error.RootElement.GetProperty("errorCode").GetString());
    }

    [OnnxRuntimeFact]
    public async Task Invoke_FunctionWithoutPool_SaysHowToMakeOne()
    {
        await CreateAddAsync("poolless", """{"pool":"nowhere"}""");

        var condition = await cluster.WaitForConditionAsync(
            "poolless", InferenceFunctionConditions.PoolAvailable, ConditionStatus.False, InferenceFunctionConditions.PoolNotFound);
        Assert.Contains("WorkerPool", condition.Message, StringComparison.Ordinal);
        var (response, body) = await cluster.PostAsync(cluster.Infer("poolless"), AddRequest);
        Assert.False(response.IsSuccessStatusCode);
        Assert.Contains("nowhere", body, StringComparison.Ordinal);
    }

    [OnnxRuntimeFact]
    public async Task Invoke_SuspendedFunction_IsRefusedUntilResumed()
    {
        await CreateAddAsync("napping", """{"suspend":true}""");
        await cluster.WaitForConditionAsync("napping", InferenceFunctionConditions.Ready, ConditionStatus.False, InferenceFunctionConditions.Suspended);

        var (response, body) = await cluster.PostAsync(cluster.Infer("napping"), AddRequest);

        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Contains("ERR_FUNCTION_SUSPENDED", body, StringComparison.Ordinal);
        await CreateAddAsync("napping", """{"suspend":false}""");
        await cluster.WaitForConditionAsync("napping", InferenceFunctionConditions.Ready, ConditionStatus.True);
        using var patience = new CancellationTokenSource(HearthProcess.Patience);
        // A gateway hears of it a moment after the API server.
        while ((response = (await cluster.PostAsync(cluster.Infer("napping"), AddRequest)).Response).StatusCode == HttpStatusCode.Conflict)
            patience.Token.ThrowIfCancellationRequested();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [OnnxRuntimeFact]
    public async Task Delete_FunctionWithAWorker_FreesOrRemovesIt()
    {
        await CreateAddAsync("leaver");
        await cluster.InferAsync("leaver", AddRequest);
        await cluster.WaitForConditionAsync("leaver", InferenceFunctionConditions.Ready, ConditionStatus.True, InferenceFunctionConditions.Serving);
        var pod = Assert.Single(await cluster.WorkersOfAsync("leaver"));

        await cluster.Client.DeleteAsync<InferenceFunction>("leaver", "default");

        await cluster.WaitForAsync<V1Pod>(
            pod.Name(), p => p is null || p.GetLabel(HearthLabels.Function) is null || p.Uid() != pod.Uid(), "the worker gone or free");
    }

    private async Task CreateAddAsync(string name, string spec = "{}")
    {
        var model = await cluster.WriteFileAsync($"{name}.onnx", OnnxModel.Add(OnnxModel.Float, "n"));
        await cluster.CreateFunctionAsync(name, $"file://{model}", spec);
    }
}
