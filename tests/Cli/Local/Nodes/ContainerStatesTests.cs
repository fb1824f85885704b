using Hearth.Api.Core;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ContainerStatesTests
{
    private static readonly V1Container Container = new() { Name = "c", Image = "hearth" };
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Initial_OfANewPod_HasNotRun()
    {
        var status = ContainerStates.Initial(Container, null);

        Assert.Equal((0, "ContainerCreating"), (status.RestartCount, status.State!.Waiting!.Reason));
    }

    [Fact]
    public void Initial_AfterTheNodeCameBack_CountsARestartAndSaysWhatWasLost()
    {
        var before = ContainerStates.Initial(Container, null).Running("process://1", 3, Now);

        var status = ContainerStates.Initial(Container, before);

        Assert.Equal(4, status.RestartCount);
        Assert.Equal(("ContainerStatusUnknown", 137), (status.LastState!.Terminated!.Reason, status.LastState.Terminated.ExitCode));
    }

    [Theory]
    [InlineData(0, "Completed")]
    [InlineData(137, "Error")]
    public void Terminated_ByExitCode_HasTheKubeletsReason(int exitCode, string reason)
    {
        var status = ContainerStates.Initial(Container, null).Running("process://1", 0, Now) with { Ready = true };

        var ended = status.Terminated(exitCode, null, Now.AddSeconds(5));

        Assert.False(ended.Ready);
        Assert.Equal((reason, Now), (ended.State!.Terminated!.Reason, ended.State.Terminated.StartedAt));
    }
}
