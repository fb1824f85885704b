using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory;
using Hearth.Kubernetes.InMemory.Apply;
using Hearth.Kubernetes.InMemory.Kinds;

namespace Hearth.Kubernetes.Tests.InMemory.Apply;

public sealed class ServerSideApplyTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Apply_FieldThatIsDropped_IsRemoved()
    {
        var live = Apply(NewLive(), "a", """{"data":{"x":"1","y":"2"}}""");

        live = Apply(live, "a", """{"data":{"x":"1"}}""");

        AssertData("""{"x":"1"}""", live);
    }

    [Fact]
    public void Apply_DroppedFieldThatAnotherManagerOwnsToo_Stays()
    {
        var live = Apply(NewLive(), "a", """{"data":{"x":"1"}}""");
        live = Apply(live, "b", """{"data":{"x":"1"}}""");

        live = Apply(live, "a", """{"data":{}}""");

        AssertData("""{"x":"1"}""", live);
    }

    [Fact]
    public void Apply_OtherValueForAnothersField_IsAConflictThatNamesTheManager()
    {
        var live = Apply(NewLive(), "a", """{"data":{"x":"1"}}""");

        var refusal = Assert.Throws<StatusException>(() => Apply(live, "b", """{"data":{"x":"2"}}"""));

        Assert.Equal(409, refusal.Status.Code);
        var cause = Assert.Single(refusal.Status.Details!.Causes!);
        Assert.Equal(("FieldManagerConflict", "conflict with \"a\"", ".data.x"), (cause.Reason, cause.Message, cause.Field));
    }

    [Fact]
    public void Apply_ForcedConflict_TakesTheField()
    {
        var live = Apply(NewLive(), "a", """{"data":{"x":"1"}}""");

        live = Apply(live, "b", """{"data":{"x":"2"}}""", force: true);
        live = Apply(live, "a", """{"data":{}}""");

        AssertData("""{"x":"2"}""", live);
    }

    [Fact]
    public void Apply_SameTwice_ChangesNothing()
    {
        var once = Apply(NewLive(), "a", """{"data":{"x":"1"}}""");

        var twice = ServerSideApply.Apply(
            BuiltInKinds.ConfigMap, once, Objects.Json("""{"data":{"x":"1"}}"""), Manager("a"), force: false, Now.AddHours(1));

        Assert.True(JsonNode.DeepEquals(once, twice), twice.ToJsonString());
    }

    [Fact]
    public void Apply_FieldThatAnUpdateChanged_IsAConflict()
    {
        var live = Apply(NewLive(), "a", """{"data":{"x":"1"}}""");
        var updated = (JsonObject)live.DeepClone();
        updated["data"]!["x"] = "9";
        ManagedFields.RecordUpdate(BuiltInKinds.ConfigMap, live, updated, Manager("editor", ManagerIdentity.Update), Now);

        var refusal = Assert.Throws<StatusException>(() => Apply(updated, "a", """{"data":{"x":"1"}}"""));

        Assert.Contains("conflict with \"editor\" using v1", refusal.Message);
    }

    [Fact]
    public void Apply_ElementsOfAKeyedList_AreOwnedOneByOne()
    {
        var live = Apply(NewLive(), "a", """{"spec":{"containers":[{"name":"main","image":"1"},{"name":"old","image":"1"}]}}""", BuiltInKinds.Pod);
        live = Apply(live, "b", """{"spec":{"containers":[{"name":"side","image":"2"}]}}""", BuiltInKinds.Pod);

        live = Apply(live, "a", """{"spec":{"containers":[{"name":"main","image":"3"}]}}""", BuiltInKinds.Pod);

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""[{"name":"main","image":"3"},{"name":"side","image":"2"}]"""), live["spec"]!["containers"]), live.ToJsonString());
    }

    [Fact]
    public void Apply_Ownership_IsWrittenAsFieldsV1()
    {
        var live = Apply(NewLive(), "a", """{"metadata":{"labels":{"l":"1"}},"spec":{"containers":[{"name":"main","image":"1"}]}}""", BuiltInKinds.Pod);

        var entry = Assert.Single(live["metadata"]!["managedFields"]!.AsArray())!;

        Assert.Equal(("a", "Apply", "FieldsV1"), (entry["manager"]!.ToString(), entry["operation"]!.ToString(), entry["fieldsType"]!.ToString()));
        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""
                {
                  "f:metadata": {"f:labels": {"f:l": {}}},
                  "f:spec": {"f:containers": {"k:{\"name\":\"main\"}": {".": {}, "f:name": {}, "f:image": {}}}}
                }
                """),
            entry["fieldsV1"]), entry.ToJsonString());
    }

    private static JsonObject NewLive() => Objects.Json("""{"apiVersion":"v1","metadata":{"name":"n"}}""");

    private static JsonObject Apply(JsonObject live, string manager, string wanted, ResourceKind? kind = null, bool force = false) =>
        ServerSideApply.Apply(kind ?? BuiltInKinds.ConfigMap, live, Objects.Json(wanted), Manager(manager), force, Now);

    private static ManagerIdentity Manager(string name, string operation = ManagerIdentity.Apply) => new(name, operation, "v1", null);

    private static void AssertData(string expected, JsonObject live) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), live["data"]), live.ToJsonString());
}
