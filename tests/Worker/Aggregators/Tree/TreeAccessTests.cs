using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;

namespace Hearth.Worker.Tests.Aggregators.Tree;

/// <summary>Who may ask what of a federation's aggregators, and what plans the one that leads takes.</summary>
public sealed class TreeAccessTests
{
    [Theory]
    [InlineData("top", "GET", "/tree/layout")]
    [InlineData("top", "POST", "/tree/rounds/1/updates")]
    [InlineData("leaf-1", "PUT", "/tree/place")]
    [InlineData("leaf-1", "POST", "/tree/rounds/1/sums")]
    [InlineData("leaf-1", "POST", "/tree/rounds/1/sums?as=object")]
    [InlineData("leaf-1", "DELETE", "/tree/rounds/1")]
    public async Task Tree_WithoutTheFederationsToken_IsRefused(string slot, string method, string path)
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));

        foreach (var token in (string?[])[null, "", TestWorker.Token, TreeWorld.Token + "x"])
        {
            using var response = await world.TreeAsync(slot, new HttpMethod(method), path, token, Body("{}"));
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
    }

    [Theory]
    [InlineData("leaf-1", "GET", "/tree/layout", "An aggregator that takes updates for another does nothing for GET '/tree/layout'.")]
    [InlineData("leaf-1", "POST", "/tree/rounds/1/updates", "takes updates for another")]
    [InlineData("top", "PUT", "/tree/place", "An aggregator that leads does nothing for PUT '/tree/place'.")]
    [InlineData("top", "POST", "/tree/rounds/1/sums", "An aggregator that leads")]
    [InlineData("top", "GET", "/tree", "An aggregator that leads")]
    [InlineData("top", "POST", "/tree/rounds/-1/updates", "An aggregator that leads")]
    public async Task Tree_OfAnotherRole_IsNotThere(string slot, string method, string path, string message)
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));

        using var response = await world.TreeAsync(slot, new HttpMethod(method), path, content: Body("{}"));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("top", "/tree/rounds/1/updates", "{")]
    [InlineData("top", "/tree/rounds/1/updates", "null")]
    [InlineData("top", "/tree/rounds/1/updates", "{}")]
    [InlineData("leaf-1", "/tree/rounds/1/sums", """{"round":1,"memory":"n2"}""")]
    [InlineData("leaf-1", "/tree/rounds/1/sums", """{"round":2,"memory":"n2","groups":[]}""")]
    [InlineData("leaf-1", "/tree/rounds/1/sums", """{"round":1,"memory":"n2","groups":[{"owner":"a"}]}""")]
    public async Task Tree_WithABodyThatIsNone_IsRefused(string slot, string path, string body)
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));

        using var response = await world.TreeAsync(slot, HttpMethod.Post, path, content: Body(body));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("body", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tree_OfAnAggregatorThatIsAlone_IsNotThere()
    {
        await using var world = await FederationWorld.StartAsync();

        using var response = await world.Http.GetAsync("/tree/layout");
        using var plan = await TreeWorld.PutPlanAsync(world.Worker, new AggregationPlan());

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (response.StatusCode, plan.StatusCode));
        Assert.Equal("""{"error":"The worker leads no aggregators."}""", await plan.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Plan_OfAnIdleOrOtherWorker_IsRefused()
    {
        await using var idle = await TestWorker.StartAsync();
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));

        await AssertAsync(HttpStatusCode.NotFound, "The worker is idle.", TreeWorld.PutPlanAsync(idle, world.Plan()));
        await AssertAsync(HttpStatusCode.NotFound, "The worker leads no aggregators.", TreeWorld.PutPlanAsync(world.Of("leaf-1"), world.Plan()));
        await AssertAsync(HttpStatusCode.Conflict, "The worker carries assignment 'a1'.", TreeWorld.PutPlanAsync(world.Of("top"), world.Plan(), "a9"));
        await AssertAsync(HttpStatusCode.NoContent, "", TreeWorld.PutPlanAsync(world.Of("top"), world.Plan(), "a1"));
        await AssertAsync(HttpStatusCode.MethodNotAllowed, "A plan is put.", world.Of("top").Control.GetAsync("/assignment/plan"));
        world.Of("top").Control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TreeWorld.Token);
        await AssertAsync(HttpStatusCode.Unauthorized, "not that of the worker's pool", world.PutPlanAsync(world.Plan()));
    }

    [Fact]
    public async Task Plan_WithFaults_IsRefusedWithAll()
    {
        await using var world = await TreeWorld.StartAsync(2, ("top", "n1", null), ("leaf-1", "n2", "top"));
        var plan = new AggregationPlan
        {
            Version = 99,
            Aggregators =
            [
                new() { Slot = "leaf-1", Node = "n2", Address = "127.0.0.1:1", AssignmentId = "a", Parent = "leaf-2" },
                new() { Slot = "leaf-2", Node = "n2", Address = "nowhere", AssignmentId = "", Parent = "leaf-1" },
                new() { Slot = "leaf-2", Node = "n2", Address = "127.0.0.1:1", AssignmentId = "a", Parent = "leaf-7" },
            ],
        };

        using var response = await world.PutPlanAsync(plan);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var text = await response.Content.ReadAsStringAsync();
        foreach (var fault in (string[])["0 have slot", "slot \\\"leaf-2\\\" is there 2 times", "its parents lead back to it", "address is \\\"nowhere\\\"", "parent is \\\"leaf-7\\\""])
            Assert.Contains(fault, text, StringComparison.Ordinal);
        // The plan before goes on.
        Assert.Equal("aggregators/leaf-1/rounds/1/updates/a", (await world.BeginAsync("a", "b"))["a"]);
    }

    [Fact]
    public async Task Plan_OlderThanTheOneBefore_IsIgnored()
    {
        await using var world = await TreeWorld.StartAsync(1, ("top", "n1", null));
        var old = world.Plan();
        await world.FillAsync("leaf-1", "n2", "top");
        await world.PlanAsync();

        using var response = await world.PutPlanAsync(old);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("aggregators/leaf-1/rounds/1/updates/a", (await world.BeginAsync("a"))["a"]);
    }

    [Theory]
    [InlineData("", "t")]
    [InlineData("leaf-1", "")]
    [InlineData("top", "")]
    public async Task Assign_AggregatorWithoutSlotOrToken_IsRefused(string slot, string token)
    {
        await using var world = await FederationWorld.StartIdleAsync();

        using var response = await world.Worker.PostAsync(world.Describe() with { Aggregator = new() { Slot = slot, Token = token } });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("has no slot, or no token", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_NodeShareThatIsAFile_SaysSo()
    {
        await using var worker = await TestWorker.StartAsync(options => options with { NodeShare = Path.Combine(Path.GetDirectoryName(options.CacheDirectory)!, "file") });
        await File.WriteAllTextAsync(Path.Combine(worker.Directory, "file"), "");

        var last = (await worker.AssignAsync(new FederationWorld(worker).Describe() with { Aggregator = new() { Slot = "leaf-1", Token = "t" } }))[^1];

        Assert.Equal(AssignmentState.Failed, last.State);
        Assert.StartsWith("The memory of the worker's node cannot be used: ", last.Failure!.Message, StringComparison.Ordinal);
        Assert.True(last.Failure.Retriable);
    }

    private static StringContent Body(string json) => new(json, Encoding.UTF8, "application/json");

    private static async Task AssertAsync(HttpStatusCode status, string message, Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status && text.Contains(message, StringComparison.Ordinal), $"{(int)response.StatusCode}: {text}");
    }
}
