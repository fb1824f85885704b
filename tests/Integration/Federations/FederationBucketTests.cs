using System.Text.Json.Nodes;
using Hearth.Activation;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Integration.Tests.Federations;

/// <summary>A federation whose output lies in a bucket, over HTTP; its aggregator killed where it hurts, and its model served from there.</summary>
public sealed class FederationBucketTests(Cluster cluster) : IClassFixture<Cluster>
{
    private const string Pool = "buckets";

    [Theory]
    // The model and its manifest are there, the record that makes them count is not.
    [InlineData("rounds/1/manifest.json", 0)]
    // The round is over, the next one has not begun.
    [InlineData("rounds/1/manifest.json", 1)]
    public async Task KillNine_OfTheAggregatorAtAPut_AnotherGoesOnFromTheBucket(string put, int recordsBehind)
    {
        await using var server = await BucketServer.StartAsync();
        server.MakeBucket("models");
        var name = $"fed{recordsBehind}";
        await using var pool = await PoolAsync(server.Url);
        await using var run = new FederationRun(cluster, name, seed: 31 + recordsBehind);
        var isThere = new TaskCompletionSource();
        var isKilled = new TaskCompletionSource();
        var records = -1;
        server.AfterPut = async path =>
        {
            if (path.EndsWith(put, StringComparison.Ordinal) || (records >= 0 && path.Contains("/journal.log/", StringComparison.Ordinal)))
                records++;
            // The aggregator dies before it hears that it is written.
            if (records == recordsBehind && isThere.TrySetResult())
                await isKilled.Task;
            return true;
        };
        await run.ApplyAsync(spec => (spec["output"]!["uri"], spec["pool"]) = ($"s3://models/{name}", Pool));
        run.Start();

        await isThere.Task.WaitAsync(HearthProcess.Patience);
        SplitCluster.CrashWorker(Assert.Single(await run.PodsAsync(), p => p.State() == WorkerState.Assigned));
        isKilled.SetResult();

        Assert.Equal(9, await run.VerifyAsync(() => server.CopyTo($"/models/{name}/", run.Output)));
        var status = (await run.WaitForAsync(ConditionStatus.True, FederatedAggregationConditions.Completed))!.Status!;
        Assert.Equal((1, $"s3://models/{name}/model.json"), (status.Restarts, status.Model!.Uri));
        await ServeAsync(name, status.Model.Uri!);
    }

    [Fact]
    public async Task Federation_InNoBucket_SaysSo()
    {
        await using var server = await BucketServer.StartAsync();
        await using var pool = await PoolAsync(server.Url);
        await using var run = new FederationRun(cluster, "lost", seed: 33);
        await run.ApplyAsync(spec => (spec["output"]!["uri"], spec["pool"]) = ("s3://absent/fed", Pool));

        var failed = await run.WaitForAsync(ConditionStatus.False, AssignmentFailureReason.OutputUnavailable);

        var condition = failed!.Status!.Conditions!.Single(c => c.Type == FederatedAggregationConditions.Succeeded);
        Assert.Contains("there is no bucket \"absent\". Make it, or choose another output.uri.", condition.Message, StringComparison.Ordinal);
    }

    /// <summary>The published model answers as a function of the pool that can read it.</summary>
    private async Task ServeAsync(string name, string uri)
    {
        await cluster.CreateFunctionAsync(name, uri, $$"""{"pool":"{{Pool}}","model":{"format":"Hearth"} }""");
        var answer = await cluster.InferAsync(name, """{"inputs":[{"name":"input","shape":[1,3],"datatype":"FP32","data":[1,2,3]}]}""");
        Assert.Equal(1, answer.Sum(), 1e-5);
        await cluster.Client.DeleteAsync<Api.InferenceFunctions.InferenceFunction>(name, "default");
    }

    private async Task<IAsyncDisposable> PoolAsync(Uri endpoint)
    {
        await cluster.Client.ApplyAsync<V1Secret>(new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = Pool, ["namespace"] = "default" },
            ["data"] = new JsonObject
            {
                ["AWS_ENDPOINT_URL"] = Base64(endpoint.AbsoluteUri),
                ["AWS_ACCESS_KEY_ID"] = Base64("AKID"),
                ["AWS_SECRET_ACCESS_KEY"] = Base64("secret"),
            },
        });
        await cluster.Client.ApplyAsync<WorkerPool>(new()
        {
            ["apiVersion"] = WorkerPool.Definition.ApiVersion,
            ["kind"] = WorkerPool.Definition.Kind,
            ["metadata"] = new JsonObject { ["name"] = Pool, ["namespace"] = "default" },
            ["spec"] = new JsonObject { ["warm"] = new JsonObject { ["min"] = 2 }, ["artifactCache"] = new JsonObject { ["secretName"] = Pool } },
        });
        await cluster.WaitForAsync<WorkerPool>(Pool, p => p?.Status?.Idle >= 2, "its idle workers");
        return new Made(cluster);
    }

    private static string Base64(string text) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Its workers know one test's server, so it goes with the test.</summary>
    private sealed class Made(Cluster cluster) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await cluster.Client.DeleteAsync<WorkerPool>(Pool, "default");
            await cluster.WaitForAsync<WorkerPool>(Pool, p => p is null, "its end");
        }
    }
}
