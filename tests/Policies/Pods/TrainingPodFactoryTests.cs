using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.TrainingJobs;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Policies.Tests.Pods;

public sealed class TrainingPodFactoryTests
{
    private static readonly TrainingContainer Container = new()
    {
        Image = "example/train",
        Command = ["python3", "train.py"],
        Args = ["--lr", "0.1"],
        Env = [new() { Name = "RANK", Value = "77" }, new() { Name = "EXTRA", Value = "kept" }],
    };

    [Fact]
    public void Make_OtherRank_RunsTheProgramOnceAndTellsWhoItIs()
    {
        var pod = Make(rank: 2, master: "10.0.0.7");

        var container = Assert.Single(pod.Spec.Containers);
        Assert.Equal(("Never", "example/train", "trainer"), (pod.Spec.RestartPolicy, container.Image, container.Name));
        Assert.Equal(("python3", "--lr"), (container.Command![0], container.Args![0]));
        Assert.Null(container.ReadinessProbe);
        Assert.Equal(
            ["RANK=2", "WORLD_SIZE=3", "LOCAL_RANK=0", "LOCAL_WORLD_SIZE=1", "GROUP_RANK=2", "MASTER_ADDR=10.0.0.7", "MASTER_PORT=29500"],
            container.Env!.SkipWhile(v => v.Name != "RANK").Take(7).Select(v => $"{v.Name}={v.Value}"));
    }

    [Fact]
    public void Make_UserSetsARendezvousVariable_IsOverruledAndTheOthersStay()
    {
        var env = Make(rank: 1, master: "10.0.0.7").Spec.Containers[0].Env!;

        Assert.Equal("1", Assert.Single(env, v => v.Name == "RANK").Value);
        Assert.Equal("kept", Assert.Single(env, v => v.Name == "EXTRA").Value);
    }

    [Fact]
    public void Make_FirstRank_LearnsItsOwnAddressFromItsNode()
    {
        var env = Make(rank: 0, master: null).Spec.Containers[0].Env!;

        Assert.All(["MASTER_ADDR", "PET_MASTER_ADDR"], name => Assert.Equal("status.podIP", env.Single(v => v.Name == name).ValueFrom!.FieldRef!.FieldPath));
    }

    [Fact]
    public void Make_Always_HasNoControlPort() =>
        Assert.DoesNotContain(Make(rank: 0, master: null).Spec.Containers[0].Ports!, port => port.Name == HearthApi.ControlPortName);

    private static V1Pod Make(int rank, string? master) =>
        TrainingPodFactory.Make(WorkerPodFactory.MakeIdle(new MakePool().Stored().Build(), "p", new()), Container, rank, 3, master);
}
