using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;
using Hearth.Testing;
using NSubstitute;

namespace Hearth.Activation.Tests;

/// <summary>The protocol against an API server, with the crash of whoever runs it between any two steps.</summary>
public sealed class WorkerActivatorTests : IAsyncLifetime
{
    private readonly ApiServerFixture _api = new();
    private readonly IWorkerControl _control = Substitute.For<IWorkerControl>();
    private readonly ManualTimeProvider _time = new();
    private readonly InferenceFunction _function = new MakeFunction().Stored(generation: 7).Build();
    private WorkerActivator _activator = null!;
    private WorkerPool _pool = null!;

    private KubernetesClient Client => _api.Client;

    private WorkerOwner Owner => WorkerOwner.Of(_function);

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        _activator = new(Client, _control, "me", new(), _time, new Random(1));
        _pool = await Client.CreateAsync(new MakePool().Build());
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Claim_IdlePod_CarriesEverythingTheNextStepsNeed()
    {
        var idle = await AddIdleAsync("p");

        var claimed = await _activator.ClaimAsync(Owner, [idle], default);

        Assert.NotNull(claimed);
        Assert.Equal((WorkerState.Claimed, "fn"), (claimed.State(), claimed.GetLabel(HearthLabels.Function)));
        Assert.Equal("me", claimed.GetAnnotation(HearthAnnotations.ClaimedBy));
        Assert.Equal("2026-01-01T00:00:00Z", claimed.GetAnnotation(HearthAnnotations.LastUsed));
        Assert.Equal("7", claimed.GetAnnotation(HearthAnnotations.FunctionGeneration));
        Assert.Matches("^[a-z0-9]{16}$", claimed.GetAnnotation(HearthAnnotations.Assignment));
        Assert.Equal("default", claimed.GetLabel(HearthLabels.Pool));
    }

    [Fact]
    public async Task Claim_FirstWasTaken_TakesTheNext()
    {
        var (first, second) = (await AddIdleAsync("first"), await AddIdleAsync("second"));
        await _activator.ClaimAsync(WorkerOwner.Of(new MakeFunction("faster").Stored().Build()), [first], default);

        var claimed = await _activator.ClaimAsync(Owner, [first, second], default);

        Assert.Equal("second", claimed!.Name());
    }

    [Fact]
    public async Task Claim_OnlyCandidateChangedButIsStillIdle_IsLookedAtAgain()
    {
        var stale = await AddIdleAsync("p");
        await Client.PatchAsync<V1Pod>("p", "default", new(JsonSerializer.SerializeToNode(new { metadata = new { annotations = new { touched = "yes" } } })!));

        var claimed = await _activator.ClaimAsync(Owner, [stale], default);

        Assert.Equal(WorkerState.Claimed, claimed!.State());
    }

    [Fact]
    public async Task Claim_EveryCandidateIsTakenOrGone_IsNull()
    {
        var (taken, gone) = (await AddIdleAsync("taken"), await AddIdleAsync("gone"));
        await _activator.ClaimAsync(WorkerOwner.Of(new MakeFunction("faster").Stored().Build()), [taken], default);
        await Client.DeleteAsync<V1Pod>("gone", "default", new() { GracePeriodSeconds = 0 });

        Assert.Null(await _activator.ClaimAsync(Owner, [taken, gone], default));
    }

    [Fact]
    public async Task Claim_ManyAtOnce_NeverShareAPod()
    {
        var idle = await Task.WhenAll(Enumerable.Range(0, 5).Select(i => AddIdleAsync($"p{i}")));

        var claims = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _activator.ClaimAsync(Owner, idle, default)));

        var names = claims.Where(pod => pod is not null).Select(pod => pod!.Name()).ToArray();
        Assert.Equal(5, names.Length);
        Assert.Equal(5, names.Distinct().Count());
    }

    [Theory]
    [InlineData("fn", "^fn-[a-z0-9]{5}$")]
    [InlineData("a-name-of-sixty-letters-xxxxxxxxxxxxxxxxxxxxxxxxxxx-yyyy-zzzzz", "^a-name-of-sixty-letters-x+-y*-[a-z0-9]{5}$")]
    public async Task Create_Function_MakesAClaimedPodWithAFittingName(string function, string pattern)
    {
        var pod = await _activator.CreateAsync(WorkerOwner.Of(new MakeFunction(function).Stored().Build()), _pool, [], default);

        Assert.Matches(pattern, pod.Name());
        Assert.InRange(pod.Name().Length, 1, 63);
        Assert.Equal((WorkerState.Claimed, function), (pod.State(), pod.GetLabel(HearthLabels.Function)));
        Assert.Matches("^[a-z0-9]{16}$", pod.GetAnnotation(HearthAnnotations.Assignment));
    }

    [Fact]
    public async Task Assign_ClaimedPod_SendsTheFunctionUnderTheClaimsId()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        Assignment? sent = null;
        _control.AssignAsync(claimed, Arg.Do<Assignment>(assignment => sent = assignment), null, default).Returns(new AssignmentProgress { State = AssignmentState.Ready });

        var progress = await _activator.AssignAsync(claimed, FunctionAssignment.Of(_function), null, default);

        Assert.Equal(AssignmentState.Ready, progress.State);
        Assert.Equal(
            new Assignment
            {
                Id = claimed.GetAnnotation(HearthAnnotations.Assignment)!,
                Role = WorkerRole.Function,
                Uid = _function.Uid(),
                Namespace = "default",
                Name = "fn",
                Generation = 7,
                Model = _function.Spec.Model,
            },
            sent);
    }

    [Fact]
    public async Task Assign_UsersContainer_IsReadyWithoutBeingAsked()
    {
        var function = new MakeFunction().Container("example/echo", 9000).Stored().Build();
        var pod = await _activator.CreateAsync(WorkerOwner.Of(function), _pool, [], default);

        var progress = await _activator.AssignAsync(pod, FunctionAssignment.Of(function), null, default);

        Assert.Equal(AssignmentState.Ready, progress.State);
        Assert.Empty(_control.ReceivedCalls());
    }

    [Fact]
    public async Task MarkAssigned_PodChangedMeanwhile_IsRecordedAllTheSame()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        await Client.PatchAsync<V1Pod>("p", "default", new(JsonSerializer.SerializeToNode(new { metadata = new { annotations = new { touched = "yes" } } })!));

        var assigned = await _activator.MarkAssignedAsync(claimed, new() { Path = ColdStartPath.Pool, Total = TimeSpan.FromMilliseconds(40) }, default);

        Assert.NotNull(assigned);
        Assert.Equal(WorkerState.Assigned, assigned.State());
        var record = JsonSerializer.Deserialize(assigned.GetAnnotation(HearthAnnotations.ColdStart)!, ApiJsonContext.Default.ColdStart)!;
        Assert.Equal(TimeSpan.FromMilliseconds(40), record.Total);
    }

    [Fact]
    public async Task MarkAssigned_WorkerTellsWhatItHolds_IsRecordedWithItAndOutlivesTheRelease()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        _control.GetArtifactsAsync(claimed, default).ReturnsForAnyArgs(new ArtifactReport { Time = 7, Keys = ["0123456789abcdef"] });
        _control.ResetAsync(claimed, default).ReturnsForAnyArgs(true);

        var assigned = (await _activator.MarkAssignedAsync(claimed, new(), default))!;
        await _activator.ReleaseAsync(assigned, _pool, default);

        Assert.Equal("7 0123456789abcdef", assigned.GetAnnotation(HearthAnnotations.Artifacts));
        Assert.Equal("7 0123456789abcdef", (await GetAsync("p"))!.GetAnnotation(HearthAnnotations.Artifacts));
    }

    [Fact]
    public async Task MarkAssigned_WorkerDoesNotTell_WaitsTwoSecondsAtMost()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        var asked = new TaskCompletionSource();
        _control.GetArtifactsAsync(claimed, default).ReturnsForAnyArgs(async call =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, call.Arg<CancellationToken>());
            return null;
        });

        var marking = _activator.MarkAssignedAsync(claimed, new(), default);
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(WorkerState.Assigned, (await marking.WaitAsync(TimeSpan.FromMinutes(1)))!.State());
    }

    [Fact]
    public async Task Create_NodesHoldTheArtifact_ArePreferred()
    {
        var pod = await _activator.CreateAsync(Owner, _pool, ["node-3"], default);

        Assert.Equal(["node-3"], NodePreference.Read(pod));
        Assert.Equal(WorkerPodFactory.TemplateHash(_pool, new()), pod.GetAnnotation(HearthAnnotations.TemplateHash));
    }

    [Fact]
    public async Task MarkAssigned_TwoWhoAttached_FirstRecordStays()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        await _activator.MarkAssignedAsync(claimed, new() { Total = TimeSpan.FromMilliseconds(1) }, default);

        Assert.Null(await _activator.MarkAssignedAsync(claimed, new() { Total = TimeSpan.FromMilliseconds(2) }, default));

        Assert.Contains("\"1ms\"", (await GetAsync("p"))!.GetAnnotation(HearthAnnotations.ColdStart), StringComparison.Ordinal);
    }

    [Fact]
    public async Task MarkFailed_PodUnderANewAssignment_IsLeftAlone()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        _control.ResetAsync(Arg.Any<V1Pod>(), default).ReturnsForAnyArgs(true);
        await _activator.ReleaseAsync(claimed, _pool, default);
        await _activator.ClaimAsync(WorkerOwner.Of(new MakeFunction("next").Stored().Build()), [(await GetAsync("p"))!], default);

        Assert.Null(await _activator.MarkFailedAsync(claimed, new(AssignmentFailureReason.InvalidModel, "late news"), default));

        Assert.Equal(WorkerState.Claimed, (await GetAsync("p"))!.State());
    }

    [Fact]
    public async Task Release_CleanReset_PodIsThePoolsAsOnItsFirstDay()
    {
        var idle = await AddIdleAsync("p");
        var claimed = (await _activator.ClaimAsync(Owner, [idle], default))!;
        var assigned = (await _activator.MarkAssignedAsync(claimed, new(), default))!;
        _control.ResetAsync(Arg.Any<V1Pod>(), default).ReturnsForAnyArgs(true);

        var outcome = await _activator.ReleaseAsync(assigned, _pool, default);

        var released = (await GetAsync("p"))!;
        Assert.Equal(ReleaseOutcome.Reused, outcome);
        Assert.Equal(idle.Metadata.Labels, released.Metadata.Labels);
        Assert.DoesNotContain(released.Metadata.Annotations ?? new Dictionary<string, string>(), pair => pair.Key.StartsWith(HearthApi.Group, StringComparison.Ordinal));
        Assert.True(released.IsOwnedBy(_pool));
        Assert.True(released.IsClaimable());
    }

    [Theory]
    [InlineData("reset not clean")]
    [InlineData("pool never reuses")]
    [InlineData("pool is gone")]
    [InlineData("ran user code")]
    public async Task Release_NotSafeToReuse_DeletesThePod(string because)
    {
        var made = because == "ran user code" ? new MakeFunction().Container("example/echo", 9000) : new MakeFunction();
        // Stored, or the server collects the pod of an owner that it does not know.
        var function = await Client.CreateAsync(made.Build());
        var pod = await _activator.CreateAsync(WorkerOwner.Of(function), _pool, [], default);
        _control.ResetAsync(Arg.Any<V1Pod>(), default).ReturnsForAnyArgs(because != "reset not clean");
        var pool = because switch
        {
            "pool is gone" => null,
            "pool never reuses" => _pool with { Spec = _pool.Spec with { Reuse = ReusePolicy.Never } },
            _ => _pool,
        };

        Assert.Equal(ReleaseOutcome.Deleted, await _activator.ReleaseAsync(pod, pool, default));

        Assert.True(await GetAsync(pod.Name()) is null or { Metadata.DeletionTimestamp: not null });
    }

    [Fact]
    public async Task Release_CrashAfterEachStep_IsTakenUp()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        using var crash = new CancellationTokenSource();
        _control.ResetAsync(Arg.Any<V1Pod>(), crash.Token).Returns<bool>(_ => throw new OperationCanceledException());

        // Dies after the pod was marked and before the worker was reset.
        await Assert.ThrowsAsync<OperationCanceledException>(() => _activator.ReleaseAsync(claimed, _pool, crash.Token));
        Assert.Equal(WorkerState.Draining, (await GetAsync("p"))!.State());

        _control.ResetAsync(Arg.Any<V1Pod>(), default).Returns(true);
        Assert.Equal(ReleaseOutcome.Reused, await _activator.ReleaseAsync((await GetAsync("p"))!, _pool, default));

        // The first one comes back and repeats the release: nothing is left to do.
        Assert.Equal(ReleaseOutcome.Superseded, await _activator.ReleaseAsync(claimed, _pool, default));
        Assert.Equal(WorkerState.Idle, (await GetAsync("p"))!.State());
    }

    [Fact]
    public async Task Release_PodIsGone_IsSuperseded()
    {
        var claimed = (await _activator.ClaimAsync(Owner, [await AddIdleAsync("p")], default))!;
        await Client.DeleteAsync<V1Pod>("p", "default", new() { GracePeriodSeconds = 0 });

        Assert.Equal(ReleaseOutcome.Superseded, await _activator.ReleaseAsync(claimed, _pool, default));
    }

    private Task<V1Pod?> GetAsync(string name) => Client.GetAsync<V1Pod>(name, "default");

    private async Task<V1Pod> AddIdleAsync(string name)
    {
        var pod = new MakeWorker(name).Build();
        pod.Metadata.ResourceVersion = null;
        await Client.CreateAsync(pod);
        var ready = new MakeWorker(name).Ready().Build().Status!;
        var status = new System.Text.Json.Nodes.JsonObject { ["status"] = JsonSerializer.SerializeToNode(ready, ApiJsonContext.Default.V1PodStatus) };
        return await Client.PatchAsync<V1Pod>(name, "default", new(status), "status");
    }
}
