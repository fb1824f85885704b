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
}
