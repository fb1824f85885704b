using System.Text.Json;
using Hearth.Api.Core;
using Hearth.Api.Meta;

namespace Hearth.Api.Tests.Meta;

public sealed class ObjectJsonTests
{
    [Fact]
    public void Read_ManagedFields_AreNotKept()
    {
        var pod = Read("""{"metadata":{"name":"a","managedFields":[{"manager":"m","fieldsV1":{"f:spec":{}}}],"selfLink":"/a"}}""");

        var written = JsonSerializer.Serialize(pod, ApiJsonContext.Default.V1Pod);

        Assert.Equal("a", pod.Metadata.Name);
        Assert.Contains("\"selfLink\":\"/a\"", written, StringComparison.Ordinal);
        Assert.DoesNotContain("managedFields", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-a")]
    [InlineData("t\\u00e9am \\\"b\\\"")]
    [InlineData("")]
    public void Read_TextThatObjectsShare_IsOneString(string text)
    {
        var (first, second) = (Namespace($"\"{text}\""), Namespace($"\"{text}\""));

        Assert.Equal(JsonSerializer.Deserialize<string>($"\"{text}\""), first);
        Assert.Same(first, second);
    }

    [Fact]
    public void Read_MoreTextsThanAreShared_AreEachTheirOwn() =>
        Assert.All(Enumerable.Range(0, 5000), i => Assert.Equal($"ns-{i}", Namespace($"\"ns-{i}\"")));

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    public void Read_NamespaceThatIsNoText_IsRefused(string value) => Assert.Throws<JsonException>(() => Namespace(value));

    private static string? Namespace(string json) => Read("{\"metadata\":{\"namespace\":" + json + "}}").Metadata.Namespace;

    private static V1Pod Read(string json) => JsonSerializer.Deserialize(json, ApiJsonContext.Default.V1Pod)!;
}
