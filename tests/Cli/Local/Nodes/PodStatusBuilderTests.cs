using System.Net;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class PodStatusBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly V1Container Container = new() { Name = "c", Image = "hearth" };
    private static readonly V1ContainerStatus Created = ContainerStates.Initial(Container, null);
    private static readonly V1ContainerStatus Running = Created.Running("process://1", 0, Now);

    [Fact]
    public void Build_RunningAndReady_IsReadyWithItsAddresses()
    {
        var status = Build(new V1Pod(), Running with { Ready = true });

        Assert.Equal("Running", status.Phase);
        Assert.Equal(("127.77.1.5", "127.77.1.1"), (status.PodIP, status.HostIP));
        Assert.All(status.Conditions!, c => Assert.Equal(ConditionStatus.True, c.Status));
        Assert.Equal(["PodScheduled", "Initialized", "ContainersReady", "Ready"], status.Conditions!.Select(c => c.Type));
    }

    [Fact]
    public void Build_NotReady_NamesTheContainers()
    {
        var ready = Assert.Single(Build(new V1Pod(), Running).Conditions!, c => c.Type == "Ready");

        Assert.Equal((ConditionStatus.False, "ContainersNotReady"), (ready.Status, ready.Reason));
        Assert.Equal("containers with unready status: [c]", ready.Message);
    }

    [Fact]
    public void Build_UnchangedCondition_KeepsItsTimeAndThoseOfOthers()
    {
        var before = Now.AddHours(-1);
        var pod = new V1Pod
        {
            Status = new()
            {
                Conditions =
                [
                    new() { Type = "Ready", Status = ConditionStatus.True, LastTransitionTime = before },
                    new() { Type = "example.dev/Mine", Status = ConditionStatus.True, LastTransitionTime = before },
                ],
            },
        };

        var same = Build(pod, Running with { Ready = true });
        var changed = Build(pod, Running);

        Assert.Equal(before, same.Conditions!.Single(c => c.Type == "Ready").LastTransitionTime);
        Assert.Contains(same.Conditions!, c => c.Type == "example.dev/Mine");
        Assert.Equal(Now, changed.Conditions!.Single(c => c.Type == "Ready").LastTransitionTime);
    }

    [Theory]
    [InlineData("Always", 0, "Running")]
    [InlineData("Always", 1, "Running")]
    [InlineData("OnFailure", 0, "Succeeded")]
    [InlineData("OnFailure", 1, "Running")]
    [InlineData("Never", 0, "Succeeded")]
    [InlineData("Never", 1, "Failed")]
    public void Phase_ContainerEnded_DependsOnRestartPolicy(string policy, int exitCode, string expected) =>
        Assert.Equal(expected, PodStatusBuilder.Phase(policy, [Running.Terminated(exitCode, null, Now)]));

    [Fact]
    public void Phase_NeverStarted_IsPending() => Assert.Equal("Pending", PodStatusBuilder.Phase("Always", [Created]));

    [Fact]
    public void Phase_WaitingAfterACrash_IsRunning()
    {
        var waiting = Running.Terminated(1, null, Now).Waiting(ContainerStates.CrashLoopBackOff, "back-off");

        Assert.Equal("Running", PodStatusBuilder.Phase("Always", [waiting]));
        Assert.Equal(1, waiting.LastState!.Terminated!.ExitCode);
    }

    private static V1PodStatus Build(V1Pod pod, params V1ContainerStatus[] containers) =>
        PodStatusBuilder.Build(pod, containers, IPAddress.Parse("127.77.1.5"), IPAddress.Parse("127.77.1.1"), Now, Now);
}
