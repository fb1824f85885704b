using System.Text;
using Hearth.Api.Core;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Testing;
using NSubstitute;

namespace Hearth.Activation.Tests;

/// <summary>The control port over real sockets.</summary>
public sealed class HttpWorkerControlTests : IAsyncLifetime
{
    private static readonly Assignment Assignment = new() { Id = "one", Name = "fn" };

    private readonly IKubernetesClient _client = Substitute.For<IKubernetesClient>();
    private readonly HttpWorkerControl _control;
    private FakeWorker _worker = null!;
    private V1Pod _pod = null!;

    public HttpWorkerControlTests()
    {
        _control = new(_client);
        SetToken(FakeWorker.Token);
    }

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync();
        _pod = _worker.MakePod("p", "default", "default");
    }

    public async Task DisposeAsync()
    {
        _control.Dispose();
        await _worker.DisposeAsync();
    }

    [Fact]
    public async Task Assign_Succeeds_TellsEveryLineInOrder()
    {
        var lines = new List<AssignmentState>();

        var last = await _control.AssignAsync(_pod, Assignment, line => lines.Add(line.State), default);

        Assert.Equal([AssignmentState.Fetching, AssignmentState.Ready], lines);
        Assert.Equal(("one", AssignmentState.Ready), (last.Id, last.State));
    }

    [Fact]
    public async Task Assign_Fails_GivesTheWorkersReason()
    {
        _worker.Load = (assignment, _) => Task.FromResult(FakeWorker.FailedLine(assignment, AssignmentFailureReason.DigestMismatch, "other bytes"));

        var last = await _control.AssignAsync(_pod, Assignment, null, default);

        Assert.Equal(new AssignmentFailure(AssignmentFailureReason.DigestMismatch, "other bytes"), last.Failure);
    }

    [Fact]
    public async Task Assign_WorkerCarriesAnother_IsLost()
    {
        _worker.Carry("other");

        var last = await _control.AssignAsync(_pod, Assignment, null, default);

        Assert.Equal((AssignmentFailureReason.WorkerLost, true), (last.Failure!.Reason, last.Failure!.Retriable));
        Assert.Contains("carries another assignment", last.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetArtifacts_Worker_TellsWhatItHolds()
    {
        _worker.Artifacts = new() { Time = 5, Keys = ["0123456789abcdef"] };

        var report = await _control.GetArtifactsAsync(_pod, default);

        Assert.Equal("5 0123456789abcdef", report!.ToString());
    }

    [Fact]
    public async Task GetArtifacts_WorkerIsDead_IsNothing()
    {
        await _worker.KillAsync();

        Assert.Null(await _control.GetArtifactsAsync(_pod, default));
    }

    [Fact]
    public async Task Assign_WorkerDiesWhileItLoads_IsLost()
    {
        _worker.Load = async (_, _) =>
        {
            await _worker.KillAsync();
            return new();
        };

        var last = await _control.AssignAsync(_pod, Assignment, null, default);

        Assert.Equal(AssignmentFailureReason.WorkerLost, last.Failure!.Reason);
    }

    [Fact]
    public async Task Assign_WorkerCannotBeReached_IsLost()
    {
        await _worker.KillAsync();

        Assert.Equal(AssignmentFailureReason.WorkerLost, (await _control.AssignAsync(_pod, Assignment, null, default)).Failure!.Reason);
    }

    [Fact]
    public async Task Assign_TokenWasRotated_ReadsTheSecretAgain()
    {
        SetToken("old");
        await _control.AssignAsync(_pod, Assignment, null, default);
        SetToken(FakeWorker.Token);

        Assert.Equal(AssignmentState.Ready, (await _control.AssignAsync(_pod, Assignment, null, default)).State);
    }

    [Fact]
    public async Task Assign_Twice_ReadsTheSecretOnce()
    {
        await _control.AssignAsync(_pod, Assignment, null, default);
        await _control.AssignAsync(_pod, Assignment, null, default);

        await _client.ReceivedWithAnyArgs(1).GetAsync<V1Secret>("", "", default);
    }

    [Fact]
    public async Task Assign_SecretIsMissing_SaysWhoMakesIt()
    {
        _client.GetAsync<V1Secret>("", "", default).ReturnsForAnyArgs((V1Secret?)null);

        var last = await _control.AssignAsync(_pod, Assignment, null, default);

        Assert.Contains("\"default-worker-token\"", last.Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_IdleOrAssigned_TellsWhich()
    {
        Assert.Null(await _control.GetAsync(_pod, default));
        await _control.AssignAsync(_pod, Assignment, null, default);

        Assert.Equal("one", (await _control.GetAsync(_pod, default))!.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reset_WorkerAnswers_TellsWhetherItIsClean(bool clean)
    {
        _worker.ResetsCleanly = clean;

        Assert.Equal(clean, await _control.ResetAsync(_pod, default));
    }

    [Fact]
    public async Task Reset_WorkerCannotBeReached_IsNotClean()
    {
        await _worker.KillAsync();

        Assert.False(await _control.ResetAsync(_pod, default));
    }

    private void SetToken(string token) => _client.GetAsync<V1Secret>(WorkerPoolSecret.Name("default"), "default", Arg.Any<CancellationToken>()).Returns(new V1Secret
    {
        Data = new Dictionary<string, string> { [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(token)) },
    });
}
