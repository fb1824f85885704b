using Hearth.Worker.Artifacts;

namespace Hearth.Worker.Tests.Artifacts;

public sealed class VolumeMountsTests
{
    [Theory]
    [InlineData("/data", "/real/data")]
    [InlineData("/data/a/b", "/real/data/a/b")]
    [InlineData("/data/inner/b", "/deep:er/b")]
    [InlineData("/database", "/database")]
    [InlineData("/other/data", "/other/data")]
    public void Map_Path_IsWhereTheInnermostVolumeLies(string path, string expected) =>
        Assert.Equal(expected, VolumeMounts.Parse("/data:/real/data\n/data/inner/:/deep:er/").Map(path));

    [Fact]
    public void Map_WithoutMounts_IsThePath() => Assert.Equal("/data/a", VolumeMounts.Parse(null).Map("/data/a"));

    [Theory]
    [InlineData("file:///data/out/", "/real/out")]
    [InlineData("file:///out", "/out")]
    [InlineData("file://host/out", null)]
    [InlineData("s3://bucket/out", null)]
    [InlineData("https://host/out", null)]
    public void FindDirectory_Uri_IsAFolderOfTheMachineOrNone(string uri, string? expected) =>
        Assert.Equal(expected, VolumeMounts.Parse("/data:/real").FindDirectory(uri));

    [Theory]
    [InlineData("pvc://models/a%20b/m.onnx", "/real/a b/m.onnx")]
    [InlineData("pvc://plain/m.onnx", "/plain/m.onnx")]
    public void MapClaim_Claim_IsWhereItIsMounted(string uri, string expected) =>
        Assert.Equal(expected, VolumeMounts.Parse("/models:/real", "models:/models\nplain:/plain/").MapClaim(ArtifactUri.Parse(uri)));

    [Fact]
    public void MapClaim_NotMounted_NamesThoseThatAre()
    {
        var failure = Assert.Throws<AssignmentException>(() => VolumeMounts.Parse(null, "models:/models").MapClaim(new("pvc://other/m.onnx"))).Failure;

        Assert.Contains("PersistentVolumeClaim 'other'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'models'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("template.volumeMounts", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pvc://claim/../../etc/passwd")]
    [InlineData("pvc://claim/a/%2e%2e/b")]
    [InlineData("pvc:///a")]
    [InlineData("s3://bucket")]
    [InlineData("s3://bucket/")]
    [InlineData("s3:///key")]
    public void TryParse_NothingThatCouldBeRead_IsNull(string uri) => Assert.Null(ArtifactUri.TryParse(uri));
}
