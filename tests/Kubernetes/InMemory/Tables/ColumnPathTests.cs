using Hearth.Kubernetes.InMemory.Tables;

namespace Hearth.Kubernetes.Tests.InMemory.Tables;

public sealed class ColumnPathTests
{
    [Theory]
    [InlineData(".spec.pool", "default")]
    [InlineData(".status.conditions[?(@.type==\"Ready\")].status", "True")]
    [InlineData(".status.conditions[?(@.type=='Loaded')].reason", "NotTried")]
    [InlineData(".status.conditions[1].type", "Loaded")]
    [InlineData(".status.conditions[*].type", "Ready")]
    [InlineData(".metadata.labels['a.b/c']", "x")]
    [InlineData(".status.conditions[?(@.type==\"Absent\")].status", null)]
    [InlineData(".status.conditions[9].type", null)]
    [InlineData(".spec.absent.deeper", null)]
    public void First_Path_FindsTheValue(string path, string? expected)
    {
        var entity = Objects.Json("""
            {
              "metadata": {"labels": {"a.b/c": "x"}}, "spec": {"pool": "default"},
              "status": {"conditions": [{"type": "Ready", "status": "True"}, {"type": "Loaded", "reason": "NotTried"}]}
            }
            """);

        Assert.Equal(expected, ColumnPath.Parse(path).First(entity)?.ToString());
    }

    [Theory]
    [InlineData("spec")]
    [InlineData(".spec..pool")]
    [InlineData(".a[?(@.b>1)]")]
    public void Parse_OtherJsonPath_IsRefused(string path) => Assert.Throws<FormatException>(() => ColumnPath.Parse(path));
}
