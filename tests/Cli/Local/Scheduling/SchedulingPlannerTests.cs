using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Cli.Local.Scheduling;
using Hearth.Policies.Pods;

namespace Hearth.Cli.Tests.Local.Scheduling;

public sealed class SchedulingPlannerTests
{
    [Fact]
    public void Decide_EqualNodes_TakesTheLeastAllocated()
    {
        var decision = SchedulingPlanner.Decide(Pod("new", "1"), [Node("a"), Node("b")], [Pod("old", "1") with { Spec = Spec("1", "a") }]);

        Assert.Equal("b", decision.Node);
    }

    [Fact]
    public void Decide_NodeWithoutRoom_IsPassedOver()
    {
        var decision = SchedulingPlanner.Decide(Pod("new", "3"), [Node("a", cpu: "2"), Node("b", cpu: "4", memory: "1Gi")], []);

        Assert.Equal("b", decision.Node);
    }

    [Fact]
    public void Decide_ExtendedResource_GoesWhereItIs()
    {
        var gpu = Node("gpu");
        gpu = gpu with { Status = gpu.Status! with { Allocatable = new Dictionary<string, string>(gpu.Status.Allocatable!) { ["nvidia.com/gpu"] = "1" } } };
        var pod = Pod("new", "1");
        pod.Spec.Containers[0].Resources!.Limits = new Dictionary<string, string> { ["nvidia.com/gpu"] = "1" };

        Assert.Equal("gpu", SchedulingPlanner.Decide(pod, [Node("a"), gpu, Node("z")], []).Node);
        Assert.Equal(
            "0/1 nodes are available: 1 Insufficient nvidia.com/gpu.",
            SchedulingPlanner.Decide(pod, [gpu], [pod with { Spec = pod.Spec with { NodeName = "gpu" } }]).Message);
    }

    [Fact]
    public void Decide_NodeSelector_ChoosesTheLabelledNode()
    {
        var fast = Node("fast");
        fast = fast with { Metadata = fast.Metadata with { Labels = new Dictionary<string, string> { ["disk"] = "ssd" } } };
        var pod = Pod("new", "1");
        pod.Spec.NodeSelector = new Dictionary<string, string> { ["disk"] = "ssd" };

        Assert.Equal("fast", SchedulingPlanner.Decide(pod, [Node("a"), fast], []).Node);
    }

    [Fact]
    public void Decide_PodPrefersANode_ChoosesItWhileItHasRoom()
    {
        var pod = NodePreference.Add(Pod("new", "1"), ["b"]);
        var crowd = Enumerable.Range(0, 6).Select(i => Pod($"p{i}", "1") with { Spec = Spec("1", "b") }).ToList();

        Assert.Equal("b", SchedulingPlanner.Decide(pod, [Node("a"), Node("b")], crowd).Node);
        Assert.Equal("a", SchedulingPlanner.Decide(pod, [Node("a"), Node("b", cpu: "6")], crowd).Node);
    }

    [Fact]
    public void Decide_NoNodeFits_CountsEveryReason()
    {
        var unready = Node("c");
        unready = unready with { Status = unready.Status! with { Conditions = [] } };
        var cordoned = Node("d") with { Spec = new() { Unschedulable = true } };
        var pod = Pod("new", "9");

        var decision = SchedulingPlanner.Decide(pod, [Node("a"), Node("b"), unready, cordoned], []);

        Assert.Null(decision.Node);
        Assert.Equal("0/4 nodes are available: 2 Insufficient cpu, 1 node(s) were not ready, 1 node(s) were unschedulable.", decision.Message);
    }

    [Fact]
    public void Decide_NodeIsFullOfPods_SaysTooManyPods()
    {
        var bound = Enumerable.Range(0, 10).Select(i => Pod($"p{i}", "0") with { Spec = Spec("0", "a") }).ToList();

        Assert.Equal("0/1 nodes are available: 1 Too many pods.", SchedulingPlanner.Decide(Pod("new", "0"), [Node("a")], bound).Message);
    }

    [Fact]
    public void Decide_WithoutNodes_SaysSo() =>
        Assert.Equal("no nodes available to schedule pods", SchedulingPlanner.Decide(Pod("new", "1"), [], []).Message);

    private static V1Pod Pod(string name, string cpu) => new() { Metadata = new() { Name = name, Namespace = "default" }, Spec = Spec(cpu, null) };

    private static V1PodSpec Spec(string cpu, string? node) => new()
    {
        NodeName = node,
        Containers = [new() { Name = "c", Resources = new() { Requests = new Dictionary<string, string> { ["cpu"] = cpu, ["memory"] = "100Mi" } } }],
    };

    private static V1Node Node(string name, string cpu = "8", string memory = "8Gi") => new()
    {
        Metadata = new() { Name = name },
        Status = new()
        {
            Allocatable = new Dictionary<string, string> { ["cpu"] = cpu, ["memory"] = memory, ["pods"] = "10" },
            Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }],
        },
    };
}
