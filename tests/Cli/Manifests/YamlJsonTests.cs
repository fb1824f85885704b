using System.Text.Json.Nodes;
using Hearth.Cli.Manifests;

namespace Hearth.Cli.Tests.Manifests;

public sealed class YamlJsonTests
{
    [Fact]
    public void Read_Scalars_HaveTheTypesOfTheCoreSchema()
    {
        var json = Assert.Single(YamlJson.Read(
            """
            text: hello
            quoted: "5"
            single: 'true'
            integer: 5
            negative: -3
            number: 1.5e3
            yes: true
            nothing: null
            tilde: ~
            empty:
            duration: 90s
            block: |
              two
              lines
            version: 1.2.3
            """,
            "test"));

        var expected = JsonNode.Parse(
            """
            {"text":"hello","quoted":"5","single":"true","integer":5,"negative":-3,"number":1500,"yes":true,"nothing":null,"tilde":null,
             "empty":null,"duration":"90s","version":"1.2.3","block":"two\nlines\n"}
            """);
        Assert.True(JsonNode.DeepEquals(expected, json), json.ToJsonString());
    }

    [Fact]
    public void Read_SeveralDocuments_GivesEachAndLeavesEmptyOnesOut()
    {
        var documents = YamlJson.Read("---\nkind: A\n---\n---\nkind: B\nitems: [1, {x: y}]\n", "test");

        Assert.Equal(["A", "B"], documents.Select(d => (string?)d["kind"]));
        Assert.Equal("""[1,{"x":"y"}]""", documents[1]["items"]!.ToJsonString());
    }

    [Theory]
    [InlineData("a: [1", "line")]
    [InlineData("- a\n- b\n", "expected a mapping")]
    [InlineData("a: 1\na: 2\n", "line 2")]
    public void Read_NoManifest_NamesTheFileAndTheFault(string text, string expected)
    {
        var fault = Assert.Throws<ManifestException>(() => YamlJson.Read(text, "my.yaml"));

        Assert.Contains("\"my.yaml\"", fault.Message, StringComparison.Ordinal);
        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }
}
