using Hearth.Federation.Protocol;

namespace Hearth.Federation.Tests.Protocol;

public sealed class ContentDigestTests
{
    // RFC 9530, appendix D: the content {"hello": "world"} and a line feed.
    private const string Field = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
    private const string Digest = "44aff4ab2d7c3250525675a08f0cfa9591168cffe51791c5f5bbc417c15a6c38";

    [Fact]
    public void Format_Digest_IsTheRfcs() => Assert.Equal(Field, ContentDigest.Format(Digest));

    [Theory]
    [InlineData(Field)]
    [InlineData("SHA-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:")]
    [InlineData("sha-512=:AAAA:, " + Field)]
    public void TryParse_FieldWithSha256_ReadsIt(string field)
    {
        Assert.True(ContentDigest.TryParse(field, out var digest));
        Assert.Equal(Digest, digest);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("sha-256")]
    [InlineData("sha-256=:")]
    [InlineData("sha-256=::")]
    [InlineData("sha-256=:AAAA:")]
    [InlineData("sha-512=:AAAA:")]
    [InlineData("sha-256=RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=")]
    [InlineData("sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=AAAAAAAA:")]
    public void TryParse_AnythingElse_IsNone(string? field) => Assert.False(ContentDigest.TryParse(field, out _));

    [Theory]
    [InlineData("a", true)]
    [InlineData("client-7.b_C", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("-a", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    public void ClientId_Text_IsOneOrNot(string? id, bool expected) => Assert.Equal(expected, ClientId.IsValid(id));

    [Fact]
    public void ClientId_Of64Characters_IsTooLong() => Assert.Equal((true, false), (ClientId.IsValid(new string('a', 63)), ClientId.IsValid(new string('a', 64))));
}
