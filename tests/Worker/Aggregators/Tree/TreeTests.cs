using System.Net;
using System.Net.Http.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Compute;
using Hearth.Federation.Protocol;

namespace Hearth.Worker.Tests.Aggregators.Tree;

/// <summary>A federation whose updates go to leaves, as real workers over HTTP.</summary>
public sealed class TreeTests
{
    private static readonly byte[] Good = FederationWorld.Update(1, 2, 3, 4, 5, 6);

    [Fact]
    public async Task Round_TwoLeavesOfANode_PublishesTheWeightedAverage()
    {
        await using var world = await TreeWorld.StartAsync(4, ("top", "n1", null), ("leaf-1", "n2", "top"), ("leaf-2", "n2", "leaf-1"));

        await PlayAsync(world);

        var (middle, leaf) = (await world.ReportAsync("leaf-1"), await world.ReportAsync("leaf-2"));
        Assert.Equal([AggregatorRole.Leaf, AggregatorRole.Middle], middle.Roles);
        Assert.Equal((2L, 2L, "n2"), (middle.Received, leaf.Received, leaf.Node));
        Assert.True(middle.BytesAcross == 6 * sizeof(double) && middle.BytesOnNode == 0, $"{middle}");
        Assert.True(leaf.BytesAcross == 0 && leaf.BytesOnNode > 0, $"{leaf}");
        Assert.Empty(world.ObjectsOf("n2"));
    }

    [Fact]
    public async Task Round_LeavesOfTheTopsNode_SendNothingAcross()
    {
        await using var world = await TreeWorld.StartAsync(4, ("top", "n1", null), ("leaf-1", "n1", "top"), ("leaf-2", "n1", "top"));

        await PlayAsync(world);

        Assert.Equal((0L, 0L), ((await world.ReportAsync("leaf-1")).BytesAcross, (await world.ReportAsync("leaf-2")).BytesAcross));
        Assert.Empty(world.ObjectsOf("n1"));
    }

    [Fact]
    public async Task Round_NodesWithoutSharedMemory_PublishesTheWeightedAverage()
    {
        await using var world = await TreeWorld.StartAsync(4, ("top", "none", null), ("leaf-1", "none", "top"), ("leaf-2", "none", "top"));

        await PlayAsync(world);
    }

    [Fact]
    public async Task Leaf_EndedInTheRound_IsReplacedAndNothingIsLost()
    {
        await using var world = await TreeWorld.StartAsync(4, ("top", "n1", null), ("leaf-1", "n2", "top"));
        var urls = await world.BeginAsync("a", "b", "c", "d");
        await world.AcceptedAsync(urls["a"], Of(1), "10");
        await world.AcceptedAsync(urls["b"], Of(2), "20");

        await world.ReplaceAsync("leaf-1");

        await world.AcceptedAsync(urls["c"], Of(3), "30");
        // Who did not hear its acknowledgement sends again.
        await world.AcceptedAsync(urls["b"], Of(2), "20");
        await world.AcceptedAsync(urls["d"], Of(4), "40");
        await AssertPublishedAsync(world);
    }

    [Fact]
    public async Task Top_EndedInTheRound_IsReplacedAndNothingIsLost()
    {
        await using var world = await TreeWorld.StartAsync(4, ("top", "n1", null), ("leaf-1", "n2", "top"), ("leaf-2", "n1", "top"));
        var urls = await world.BeginAsync("a", "b", "c", "d");
        await world.AcceptedAsync(urls["a"], Of(1), "10");
        await world.AcceptedAsync(urls["b"], Of(2), "20");

        await world.ReplaceAsync("top");

        await world.AcceptedAsync(urls["c"], Of(3), "30");
        await world.AcceptedAsync(urls["d"], Of(4), "40");
        await AssertPublishedAsync(world);
    }

    [Fact]
    public async Task Update_ThatIsNoneOfTheModel_IsRefusedByTheLeaf()
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));
        var url = (await world.BeginAsync("a", "b"))["a"];
        await world.AcceptedAsync(url, Good);
        url = url[..^1] + "b";

        foreach (var (body, faults) in new (byte[], string[])[]
        {
            (FederationWorld.Tensors(("0.weight", DataType.F32, [4], [1, 2, 3, 4]), ("1.bias", DataType.F32, [2], [1, 2])),
                ["tensor \"0.bias\" is missing, expected F32[2]", "tensor \"0.weight\" is F32[4], expected F32[2,2]", "tensor \"1.bias\" belongs to no layer of the model"]),
            (FederationWorld.Update(1, float.NaN, 3, 4, float.PositiveInfinity, float.NegativeInfinity),
                ["tensor \"0.bias\" has 2 values that are NaN or infinite", "tensor \"0.weight\" has 1 values that are NaN or infinite"]),
            ([], []),
            ([.. BitConverter.GetBytes(long.MaxValue), 1, 2, 3], []),
            (FederationWorld.Raw("""{"0.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"0.bias":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}}""", 16), []),
            (FederationWorld.Raw("""{"0.weight":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,16]}}""", 16), []),
        })
        {
            foreach (var chunked in (bool[])[false, true])
            {
                var refused = await FederationWorld.RefusedAsync(HttpStatusCode.UnprocessableEntity, world.PutAsync(url, body, chunked: chunked));
                Assert.Equal(ErrorCodes.Update, refused.ErrorCode);
                if (faults.Length > 0)
                    Assert.Equal(faults, refused.Faults!.Order(StringComparer.Ordinal));
            }
        }
        var digest = await FederationWorld.RefusedAsync(HttpStatusCode.UnprocessableEntity, world.PutAsync(url, Good, digest: ContentDigest.Format(new string('a', 64))));
        Assert.Equal(ErrorCodes.Digest, digest.ErrorCode);
        foreach (var chunked in (bool[])[false, true])
            Assert.Equal(ErrorCodes.TooLarge, (await FederationWorld.RefusedAsync(HttpStatusCode.RequestEntityTooLarge, world.PutAsync(url, new byte[200_000], chunked: chunked))).ErrorCode);
        Assert.Equal(ErrorCodes.UnknownClient, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.PutAsync(url[..^1] + "stranger", Good))).ErrorCode);
        Assert.Equal(ErrorCodes.UnknownRound, (await FederationWorld.RefusedAsync(HttpStatusCode.NotFound, world.PutAsync("aggregators/leaf-1/rounds/7/updates/b", Good))).ErrorCode);
        Assert.Equal(ErrorCodes.OtherUpdate, (await FederationWorld.RefusedAsync(HttpStatusCode.Conflict, world.PutAsync(url[..^1] + "a", Of(9)))).ErrorCode);
        Assert.Equal(2, world.ObjectsOf("n2").Length);

        await world.AcceptedAsync(url, Good);
        await world.Top.TaskAsync("b");
        Assert.Equal((float[])[1, 2, 3, 4, 5, 6], await FederationWorld.WeightsAsync(world.Top.Http, 1));
    }

    [Theory]
    [InlineData("GET", "/task?client=a", HttpStatusCode.MisdirectedRequest, "Aggregator 'leaf-1' only takes updates, PUT rounds/{r}/updates/{client}. Send GET '/task' to the federation itself.")]
    [InlineData("POST", "/clients", HttpStatusCode.MisdirectedRequest, "Send POST '/clients' to the federation itself.")]
    [InlineData("GET", "/rounds/1", HttpStatusCode.MisdirectedRequest, "Send GET '/rounds/1' to the federation itself.")]
    [InlineData("GET", "/v3", HttpStatusCode.NotFound, "There is nothing at '/v3'.")]
    [InlineData("PUT", "/rounds/x/updates/a", HttpStatusCode.BadRequest, "'x' is no round.")]
    public async Task Leaf_AskedForAnythingElse_SaysWhatItDoes(string method, string path, HttpStatusCode status, string message)
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));

        var answer = await FederationWorld.RefusedAsync(status, world.TreeAsync("leaf-1", new HttpMethod(method), path, token: null));

        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaf_WithoutPlace_AsksToTryAgain()
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null));
        await world.FillAsync("leaf-1", "n2", "top");
        await world.BeginAsync("a", "b");

        var answer = await FederationWorld.RefusedAsync(HttpStatusCode.ServiceUnavailable, world.PutAsync("aggregators/leaf-1/rounds/1/updates/a", Good));

        Assert.Equal(ErrorCodes.Unavailable, answer.ErrorCode);
        Assert.StartsWith("This aggregator does not know yet who leads the federation.", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaf_Released_LeavesNothingAndIsIdle()
    {
        await using var world = await TreeWorld.StartAsync(1, ("top", "none", null), ("leaf-1", "none", "top"));
        var before = OwnFolders();
        await world.FillAsync("leaf-2", "none", "top");
        var worker = world.Of("leaf-2");
        var made = OwnFolders().Except(before).ToArray();

        using var released = await worker.Control.DeleteAsync("/assignment");

        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        Assert.NotEmpty(made);
        Assert.Contains(made, folder => !Directory.Exists(folder));
        await worker.ServeAsync(world.Describe(worker, "leaf-2"));

        static string[] OwnFolders() => Directory.GetDirectories(Path.GetTempPath(), "hearth-leaf-*");
    }

    [Fact]
    public async Task Leaf_ProgressSaysWhatItHasDone()
    {
        await using var world = await TreeWorld.StartAsync(1, ("top", "n1", null), ("leaf-1", "n2", "top"));
        await world.AcceptedAsync((await world.BeginAsync("a"))["a"], Good);
        await world.Top.TaskAsync("a");

        var line = await new FederationWorld(world.Of("leaf-1")).LatestAsync();

        Assert.Equal((AssignmentState.Running, "leaf-1", 1L), (line.State, line.Federation!.Tree.Single().Slot, line.Federation.Tree.Single().Received));
    }

    private static byte[] Of(float value) => FederationWorld.Update(value, 2 * value, 0, -value, 1, 0);

    /// <summary>Plays a round of four clients with weights 10 to 40, at as many leaves as there are.</summary>
    private static async Task PlayAsync(TreeWorld world)
    {
        var urls = await world.BeginAsync("a", "b", "c", "d");
        Assert.All(urls.Values, url => Assert.StartsWith("aggregators/leaf-", url, StringComparison.Ordinal));
        await world.AcceptedAsync(urls["a"], Of(1), "10");
        await world.AcceptedAsync(urls["b"], Of(2), "20");
        await world.AcceptedAsync(urls["c"], Of(3), "30");
        await world.AcceptedAsync(urls["d"], Of(4), "40");
        await AssertPublishedAsync(world);
    }

    private static async Task AssertPublishedAsync(TreeWorld world)
    {
        Assert.Equal(2, (await world.Top.TaskAsync("a")).Round);
        // (10 · 1 + 20 · 2 + 30 · 3 + 40 · 4) / 100 = 3.
        Assert.Equal(Floats(3), await FederationWorld.WeightsAsync(world.Top.Http, 1));
        var report = await world.Top.RoundAsync(1);
        Assert.Equal([("a", 10L), ("b", 20L), ("c", 30L), ("d", 40L)], report.Included.Select(update => (update.Client, update.Examples)).Order());
        Assert.Empty(report.NotIncluded);
    }

    private static float[] Floats(float value) => [value, 2 * value, 0, -value, 1, 0];
}
