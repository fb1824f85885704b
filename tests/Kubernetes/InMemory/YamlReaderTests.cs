using Hearth.Kubernetes.InMemory;

namespace Hearth.Kubernetes.Tests.InMemory;

public sealed class YamlReaderTests
{
    [Fact]
    public void ReadObject_Yaml_ReadsScalarsOfTheCoreSchema()
    {
        var read = YamlReader.ReadObject(Objects.Utf8("""
            text: plain
            quoted: "1"
            single: 'true'
            integer: -7
            float: 1.5
            yes: true
            nothing: ~
            list:
            - a
            - {b: 2}
            block: |
              two
              lines
            """));

        Assert.Equal(
            """{"text":"plain","quoted":"1","single":"true","integer":-7,"float":1.5,"yes":true,"nothing":null,"list":["a",{"b":2}],"block":"two\nlines"}""",
            read.ToJsonString());
    }

    [Theory]
    [InlineData("a: [")]
    [InlineData("just text")]
    [InlineData("a: 1\n---\nb: 2")]
    [InlineData("{\"a\": 1, \"a\": 2}")]
    [InlineData("[a]: 1")]
    public void ReadObject_NoObject_IsRefused(string text) =>
        Assert.Equal(400, Assert.Throws<StatusException>(() => YamlReader.ReadObject(Objects.Utf8(text))).Status.Code);

    [Theory]
    [InlineData("a: &x [1]\nb: *x")]
    [InlineData("a: 1\na: 2")]
    public void ReadObject_AliasOrRepeatedKey_IsRefused(string text) =>
        Assert.Equal(400, Assert.Throws<StatusException>(() => YamlReader.ReadObject(Objects.Utf8(text))).Status.Code);

    [Fact]
    public void ReadObject_DeepNesting_IsRefused()
    {
        var deep = "a: " + new string('[', 100_000);

        Assert.Equal(400, Assert.Throws<StatusException>(() => YamlReader.ReadObject(Objects.Utf8(deep))).Status.Code);
    }
}
