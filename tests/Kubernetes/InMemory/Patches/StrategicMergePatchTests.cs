using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Patches;

namespace Hearth.Kubernetes.Tests.InMemory.Patches;

public sealed class StrategicMergePatchTests
{
    [Theory]
    [InlineData(
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"a","image":"1"},{"name":"b","image":"2"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a","env":[{"name":"X","value":"1"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"2"}]}]}}""",
        """{"spec":{"containers":[{"name":"a","env":[{"name":"Y","value":"2"},{"name":"X","value":"1"}]}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"containers":[{"name":"a","$patch":"delete"}]}}""",
        """{"spec":{"containers":[{"name":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"}]}}""",
        """{"spec":{"containers":[{"$patch":"replace"},{"name":"c"}]}}""",
        """{"spec":{"containers":[{"name":"c"}]}}""")]
    [InlineData(
        """{"metadata":{"labels":{"a":"1","b":"2"}}}""",
        """{"metadata":{"labels":{"a":null,"c":"3"}}}""",
        """{"metadata":{"labels":{"b":"2","c":"3"}}}""")]
    [InlineData(
        """{"metadata":{"labels":{"a":"1"}}}""",
        """{"metadata":{"labels":{"$patch":"replace","c":"3"}}}""",
        """{"metadata":{"labels":{"c":"3"}}}""")]
    [InlineData(
        """{"metadata":{"finalizers":["x","y"]}}""",
        """{"metadata":{"finalizers":["z"],"$deleteFromPrimitiveList/finalizers":["x"]}}""",
        """{"metadata":{"finalizers":["z","y"]}}""")]
    [InlineData(
        """{"spec":{"tolerations":[{"key":"a"}]}}""",
        """{"spec":{"tolerations":[{"key":"b"}]}}""",
        """{"spec":{"tolerations":[{"key":"b"}]}}""")]
    [InlineData(
        """{"spec":{"containers":[{"name":"a"},{"name":"b"}]}}""",
        """{"spec":{"$setElementOrder/containers":[{"name":"b"},{"name":"a"}],"containers":[{"name":"b","image":"2"}]}}""",
        """{"spec":{"containers":[{"name":"b","image":"2"},{"name":"a"}]}}""")]
    [InlineData(
        """{"spec":{"volumes":[{"name":"v","emptyDir":{}}]}}""",
        """{"spec":{"volumes":[{"name":"v","$retainKeys":["name","hostPath"],"hostPath":{"path":"/x"}}]}}""",
        """{"spec":{"volumes":[{"name":"v","hostPath":{"path":"/x"}}]}}""")]
    public void Apply_Patch_MergesListsByTheirKeys(string target, string patch, string expected)
    {
        var before = Objects.Json(target);

        var result = StrategicMergePatch.Apply(BuiltInKinds.Pod, before, Objects.Json(patch));

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), result), result.ToJsonString());
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(target), before));
    }

    [Fact]
    public void Apply_ElementWithoutItsKey_IsRefused()
    {
        var refusal = Assert.Throws<StatusException>(() => StrategicMergePatch.Apply(
            BuiltInKinds.Pod, Objects.NewPod("p"), Objects.Json("""{"spec":{"containers":[{"image":"2"}]}}""")));

        Assert.Equal(400, refusal.Status.Code);
        Assert.Contains("does not contain declared merge key: name", refusal.Message);
    }
}
