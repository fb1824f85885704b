using System.Net;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Models;
using Hearth.Api.Workers;
using Hearth.Federation.Protocol;

namespace Hearth.Worker.Tests.Aggregators;

/// <summary>What an assignment may ask of an aggregator, and how it ends.</summary>
public sealed class AggregatorLoaderTests
{
    [Fact]
    public async Task Assign_WithoutFederationOrUid_IsRefused()
    {
        await using var world = await FederationWorld.StartIdleAsync();

        foreach (var (assignment, message) in new[]
        {
            (world.Describe() with { Federation = null }, "The assignment has no federation."),
            (world.Describe(uid: ""), "The assignment has no uid, by which the output is known to be the federation's."),
            (world.Describe(spec => spec.Architecture = null), "The federation has neither model nor architecture."),
            (world.Describe(spec => spec.Rounds = 0), "The federation has fewer than 1 round, or rounds of fewer than 1 client."),
        })
        {
            using var response = await world.Worker.PostAsync(assignment);
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(message, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("s3://bucket")]
    [InlineData("s3://bucket/prefix?versionId=1")]
    [InlineData("file://host/out")]
    [InlineData("/out")]
    public async Task Assign_OutputOfAnotherScheme_SaysWhatIsServed(string uri)
    {
        await using var world = await FederationWorld.StartIdleAsync();

        var failure = await FailAsync(world, world.Describe(spec => spec.Output.Uri = uri));

        Assert.Equal((AssignmentFailureReason.OutputUnavailable, false), (failure.Reason, failure.Retriable));
        Assert.Equal($"spec.output.uri '{uri}' is not served by this worker: expected file:///absolute/path of a directory that every worker of the pool sees, or s3://bucket/prefix.", failure.Message);
    }

    [Fact]
    public async Task Assign_OutputOfAnotherFederation_SaysWhose()
    {
        await using var world = await FederationWorld.StartAsync();
        using (await world.Worker.Control.DeleteAsync("/assignment"))
        {
            var failure = await FailAsync(world, world.Describe(id: "a2", uid: "u2"));

            Assert.Equal((AssignmentFailureReason.OutputUnavailable, false), (failure.Reason, failure.Retriable));
            Assert.StartsWith($"'{world.Output}' belongs to federation default/fa with uid u1; this is default/fa with uid u2. Choose another output.uri", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Assign_OutputThatIsAFile_SaysSo()
    {
        await using var world = await FederationWorld.StartIdleAsync();
        await File.WriteAllTextAsync(world.Output, "not a directory");

        var failure = await FailAsync(world, world.Describe());

        Assert.Equal((AssignmentFailureReason.OutputUnavailable, false), (failure.Reason, failure.Retriable));
        Assert.StartsWith($"spec.output.uri: the folder '{world.Output}' cannot be made. Name a folder on a volume", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_OutputThatHoldsAModelOfSomethingElse_LeavesItAlone()
    {
        await using var world = await FederationWorld.StartIdleAsync();
        Directory.CreateDirectory(world.Output);
        await File.WriteAllTextAsync(Path.Combine(world.Output, "model.json"), "{}");

        var failure = await FailAsync(world, world.Describe());

        Assert.Contains("holds 'model.json', but no 'federation.json' that says whose they are", failure.Message, StringComparison.Ordinal);
        Assert.Equal("{}", await File.ReadAllTextAsync(Path.Combine(world.Output, "model.json")));
    }

    [Fact]
    public async Task Assign_DamagedJournal_SaysWhere()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.BeginAsync("a", "b");
        using var released = await world.Worker.Control.DeleteAsync("/assignment");
        var path = Path.Combine(world.Output, "journal.log");
        var journal = await File.ReadAllBytesAsync(path);
        journal[30] ^= 1;
        await File.WriteAllBytesAsync(path, journal);

        var failure = await FailAsync(world, world.Describe());

        Assert.Equal((AssignmentFailureReason.OutputUnavailable, false), (failure.Reason, failure.Retriable));
        Assert.Contains("is damaged at byte 0, with sound records behind", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_ModelThatIsNotThere_SaysSo()
    {
        await using var world = await FederationWorld.StartIdleAsync();

        var failure = await FailAsync(world, world.Describe(spec => (spec.Architecture, spec.Model) = (null, new ModelReference { Uri = "file:///nowhere/model.json", Format = ModelFormat.Hearth })));

        Assert.Equal(AssignmentFailureReason.ArtifactNotFound, failure.Reason);
    }

    [Fact]
    public async Task Assign_ArchitectureThatIsNoModel_SaysWhy()
    {
        await using var world = await FederationWorld.StartIdleAsync();

        var failure = await FailAsync(world, world.Describe(spec => spec.Architecture = new ArchitectureSpec { Kind = ArchitectureKind.Mlp, Hidden = [4], Classes = ["one"], InputShape = [2] }));

        Assert.Equal(AssignmentFailureReason.InvalidModel, failure.Reason);
        Assert.Contains("classes names 1, expected 2 or more", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Assign_ModelOfAnEarlierFederation_StartsFromIt()
    {
        await using var first = await FederationWorld.StartAsync(spec => spec.Rounds = 1);
        await first.BeginAsync("a", "b");
        await FederationWorld.AcceptedAsync(first.PutAsync(1, "a", FederationWorld.Update(1, 2, 3, 4, 5, 6)));
        await FederationWorld.AcceptedAsync(first.PutAsync(1, "b", FederationWorld.Update(1, 2, 3, 4, 5, 6)));
        Assert.Equal(ClientTaskState.Finished, (await first.TaskAsync("a")).State);

        await using var second = await FederationWorld.StartAsync(spec =>
            (spec.Architecture, spec.Model) = (null, new ModelReference { Uri = $"file://{first.Output}/model.json", Format = ModelFormat.Hearth }));

        Assert.Equal((float[])[1, 2, 3, 4, 5, 6], await FederationWorld.WeightsAsync(second.Http, 0));
    }

    [Fact]
    public async Task Release_WithClientsWaiting_IsCleanAndTellsThem()
    {
        await using var world = await FederationWorld.StartAsync();
        await world.JoinAsync("a");
        var waiting = world.Http.GetAsync("/task?client=a&wait=50s");
        await world.UntilAsync(line => line.State == AssignmentState.Running);

        using var released = await world.Worker.Control.DeleteAsync("/assignment");

        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        using var answer = await waiting;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        await world.Worker.ServeAsync(world.Describe(id: "a2"));
    }

    private static async Task<AssignmentFailure> FailAsync(FederationWorld world, Assignment assignment)
    {
        var last = (await world.Worker.AssignAsync(assignment))[^1];
        Assert.Equal(AssignmentState.Failed, last.State);
        using var released = await world.Worker.Control.DeleteAsync("/assignment");
        Assert.Equal(HttpStatusCode.OK, released.StatusCode);
        return last.Failure!;
    }
}
