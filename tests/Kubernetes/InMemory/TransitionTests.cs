using System.Text.Json.Nodes;
using Hearth.Api.TrainingJobs;
using Hearth.Kubernetes.Client;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>Rules about a change, which a schema writes with <c>oldSelf</c>.</summary>
public sealed class TransitionTests : IAsyncLifetime
{
    private readonly ApiServerFixture _api = new();

    public async Task InitializeAsync()
    {
        await _api.InitializeAsync();
        await _api.Client.CreateAsync(new MakeTrainingJob().Build());
    }

    public Task DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Patch_OfAnImmutableField_IsRefusedWithTheField()
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => PatchAsync("""{"spec":{"workers":{"count":2}}}"""));

        Assert.Contains("spec.workers", error.Message, StringComparison.Ordinal);
        Assert.Contains("make another TrainingJob", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Patch_OfAnotherField_IsTaken() => Assert.True((await PatchAsync("""{"spec":{"suspend":true}}""")).Spec.Suspend);

    private Task<TrainingJob> PatchAsync(string patch) =>
        _api.Client.PatchAsync<TrainingJob>("tj", MakeFunction.DefaultNamespace, new(JsonNode.Parse(patch)!));
}
