using System.Text.Json.Nodes;

namespace Hearth.Chart.Tests;

public sealed class ValuesSchemaTests
{
    private static readonly JsonObject Schema =
        JsonNode.Parse(File.ReadAllText(Path.Combine(HelmChart.Folder, "values.schema.json")))!.AsObject();

    [Theory]
    [InlineData("default")]
    [InlineData("dapr")]
    [InlineData("small")]
    public void Values_OfASet_AreValid(string set) => Assert.Empty(ValuesSchema.Validate(Schema, HelmChart.Values(set)));

    [Theory]
    [InlineData("operator.replicas", "0")]
    [InlineData("operator.replicas", "\"2\"")]
    [InlineData("operator.replica", "2")]
    [InlineData("gateway.service.port", "70000")]
    [InlineData("gateway.service.type", "\"Loadbalancer\"")]
    [InlineData("gateway.url", "\"functions.example.com\"")]
    [InlineData("dapr.appId", "\"hearth.gateway\"")]
    [InlineData("workerPool.spec", "{\"template\":{}}")]
    [InlineData("workerPool.name", "\"Default\"")]
    [InlineData("image.repository", "\"\"")]
    [InlineData("imagePullSecrets", "[{\"names\":\"x\"}]")]
    [InlineData("podAnnotations", "{}")]
    public void Validate_WrongValue_IsRefusedByItsPath(string path, string json)
    {
        var values = HelmChart.Values();
        var parent = path.Split('.')[..^1].Aggregate((JsonNode)values, (node, key) => node[key]!);
        parent[path.Split('.')[^1]] = JsonNode.Parse(json);

        Assert.Contains(ValuesSchema.Validate(Schema, values), fault => fault.StartsWith("." + path, StringComparison.Ordinal));
    }

    [Fact]
    public void Schema_Always_DescribesTheValuesThereAre() => Assert.Equal(["global"], Unset(Schema, HelmChart.Values()));

    /// <summary>What may be set and is not documented by its default; the spec of a pool documents itself.</summary>
    private static IEnumerable<string> Unset(JsonObject schema, JsonObject values)
    {
        foreach (var (key, inner) in schema["properties"]?.AsObject() ?? [])
        {
            if (!values.ContainsKey(key))
                yield return key;
            else if (key != "spec" && values[key] is JsonObject below)
            {
                foreach (var missing in Unset(inner!.AsObject(), below))
                    yield return $"{key}.{missing}";
            }
        }
    }
}
