using Hearth.Api.Core;
using Hearth.Cli.Tests.Local;

namespace Hearth.Cli.Tests.Commands;

public sealed class NodeCommandTests : IAsyncLifetime
{
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"hearth-test-{Guid.NewGuid():N}.kubeconfig");
    private NodeCluster _cluster = null!;

    public async Task InitializeAsync()
    {
        _cluster = await NodeCluster.StartAsync();
        await File.WriteAllTextAsync(_kubeconfig, _cluster.Kubeconfig);
    }

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        File.Delete(_kubeconfig);
    }

    [Fact]
    public async Task Node_KilledAndStartedAgain_LosesItsProcessesAndTakesUpItsPods()
    {
        using var first = StartNode();
        await _cluster.RunAsync("exec sleep 1000", spec: s => s.NodeSelector = new Dictionary<string, string> { ["kubernetes.io/hostname"] = "other" });
        var before = await _cluster.WaitForReadyAsync();

        await first.KillAsync();
        await Processes.WaitUntilGoneAsync(NodeCluster.ProcessId(before));
        using var second = StartNode();
        var after = await _cluster.WaitAsync(p => NodeCluster.IsReady(p) && NodeCluster.Container(p)!.RestartCount == 1, "the pod to run again");

        Assert.True(Processes.IsAlive(NodeCluster.ProcessId(after)));
        Assert.Equal("ContainerStatusUnknown", NodeCluster.Container(after)!.LastState!.Terminated!.Reason);
        Assert.Equal(0, await second.TerminateAsync());
        Assert.Equal("Failed", (await _cluster.Client.GetAsync<V1Pod>("pod", "default"))!.Status!.Phase);
    }

    private HearthProcess StartNode() => new("node", "--kubeconfig", _kubeconfig, "--name", "other");
}
