using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>Artifacts on three process nodes, each with a cache that its workers share.</summary>
public sealed class ArtifactTests(ThreeNodes cluster) : IClassFixture<ThreeNodes>
{
    private const int Models = 4;
    private const string AddRequest =
        """{"inputs":[{"name":"a","shape":[2],"datatype":"FP32","data":[1,2]},{"name":"b","shape":[2],"datatype":"FP32","data":[10,20]}]}""";

    [OnnxRuntimeFact]
    public async Task Claim_WorkerIsIdleWhereTheArtifactIs_LandsThereAndDownloadsNothing()
    {
        await using var server = await BucketServer.StartAsync();
        var homes = new Dictionary<int, string>();
        for (var i = 0; i < Models; i++)
        {
            server.Put($"/{i}.onnx", OnnxModel.Add(OnnxModel.Float, $"n{i}"));
            await cluster.WaitForWarmPoolAsync();
            homes[i] = (await ServeAsync($"first-{i}", new(server.Url, $"{i}.onnx"))).Spec.NodeName!;
        }
        Assert.True(homes.Values.Distinct().Count() > 1, "The first claims spread over no two nodes, so the second ones prove nothing.");

        for (var i = Models - 1; i >= 0; i--)
        {
            await cluster.WaitForWarmPoolAsync();
            var idle = (await IdleAsync()).Count(pod => pod.Spec.NodeName == homes[i]);
            var pod = await ServeAsync($"second-{i}", new(server.Url, $"{i}.onnx"));
            Assert.True(idle > 0, $"No worker is idle on {homes[i]}: the pool is too small for this test.");
            Assert.Equal(homes[i], pod.Spec.NodeName);
            Assert.Equal(1, server.Downloads($"/{i}.onnx"));
        }
    }

    /// <summary>Invokes a new function and returns its worker, once it is known what the worker's cache holds.</summary>
    private async Task<V1Pod> ServeAsync(string name, Uri model)
    {
        await cluster.CreateFunctionAsync(name, model.AbsoluteUri);
        Assert.Equal([11, 22], await cluster.InferAsync(name, AddRequest));
        var pod = Assert.Single(await cluster.WorkersOfAsync(name));
        var key = ArtifactKey.Of(new() { Uri = model.AbsoluteUri })!;
        return (await cluster.WaitForAsync<V1Pod>(
            pod.Name(), p => ArtifactReport.Holds(p?.GetAnnotation(HearthAnnotations.Artifacts), key), "its report of the artifact"))!;
    }

    private async Task<IReadOnlyList<V1Pod>> IdleAsync() => (await cluster.Client.ListAsync<V1Pod>(
        "default", new() { LabelSelector = $"{HearthLabels.WorkerState}={WorkerState.Idle}" })).Items;
}
