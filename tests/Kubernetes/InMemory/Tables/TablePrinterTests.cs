using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.Tests.InMemory.Tables;

public sealed class TablePrinterTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 5, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"phase":"Pending"}""", "0/1 Pending 0")]
    [InlineData("""{"phase":"Running","containerStatuses":[{"ready":true,"restartCount":2,"state":{"running":{}}}]}""", "1/1 Running 2")]
    [InlineData("""{"phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ErrImagePull"}}}]}""", "0/1 ErrImagePull 0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]}""", "0/1 ExitCode:3 0")]
    [InlineData("""{"phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":137,"reason":"OOMKilled"}}}]}""", "0/1 OOMKilled 0")]
    [InlineData("""{"phase":"Failed","reason":"Evicted"}""", "0/1 Evicted 0")]
    public void Print_Pod_ShowsReadyStatusAndRestarts(string status, string expected)
    {
        var pod = Objects.NewPod("p");
        pod["metadata"]!["creationTimestamp"] = "2026-01-01T00:00:00Z";
        pod["status"] = JsonNode.Parse(status);

        Assert.Equal($"p {expected} 5m", Cells(BuiltInKinds.Pod, pod));
    }

    [Fact]
    public void Print_PodThatIsDeleted_IsTerminating()
    {
        var pod = Objects.NewPod("p");
        pod["metadata"]!["deletionTimestamp"] = "2026-01-01T00:00:00Z";

        Assert.StartsWith("p 0/1 Terminating", Cells(BuiltInKinds.Pod, pod), StringComparison.Ordinal);
    }

    [Fact]
    public void Print_CustomResource_FollowsItsPrinterColumns()
    {
        var function = Objects.NewFunction("digits");
        function["metadata"]!["creationTimestamp"] = "2026-01-01T00:00:00Z";
        function["status"] = JsonNode.Parse("""{"replicas":{"ready":2},"conditions":[{"type":"Ready","status":"True","reason":"Serving"}]}""");

        Assert.Equal("digits True Serving 2 - - 5m", Cells(Objects.Function, function));
    }

    [Fact]
    public void Print_Definitions_NameTypeAndPriorityOfEachColumn()
    {
        var table = new TablePrinter(Objects.Function, null).Print([], [], Now);

        var columns = table["columnDefinitions"]!.AsArray().Select(c => $"{c!["name"]}:{c["type"]}:{c["priority"]}");
        Assert.Equal(
            ["Name:string:0", "Ready:string:0", "Reason:string:0", "Replicas:integer:0", "Traffic:string:0", "URL:string:0", "Age:date:0", "Pool:string:1", "Cold-Start:string:1"],
            columns);
    }

    [Theory]
    [InlineData(null, "PartialObjectMetadata")]
    [InlineData("Object", "ConfigMap")]
    [InlineData("None", null)]
    public void Print_IncludeObject_DecidesWhatARowCarries(string? include, string? kind)
    {
        var table = new TablePrinter(BuiltInKinds.ConfigMap, include).Print([Objects.NewConfigMap("c")], [], Now);

        Assert.Equal(kind, table["rows"]![0]!["object"]?["kind"]?.ToString());
    }

    private static string Cells(ResourceKind kind, JsonObject entity)
    {
        var table = new TablePrinter(kind, "None").Print([entity], [], Now);
        var shown = table["columnDefinitions"]!.AsArray().Select(c => (int)c!["priority"]! == 0);
        return string.Join(' ', table["rows"]![0]!["cells"]!.AsArray().Zip(shown).Where(c => c.Second).Select(c => c.First?.ToString() ?? "-"));
    }
}
