using Hearth.Api.Core;
using Hearth.Cli.Local.Nodes;

namespace Hearth.Cli.Tests.Local.Nodes;

public sealed class ContainerPreparationTests
{
    private static readonly Dictionary<string, string> Volumes = new() { ["cache"] = "/state/cache", ["inner"] = "/state/inner" };

    [Theory]
    [InlineData("hearth")]
    [InlineData("hearth:1.2")]
    [InlineData("registry.example:5000/team/hearth:dev")]
    [InlineData("ghcr.io/x/hearth@sha256:abc")]
    public void Prepare_HearthImage_RunsThisProgram(string image)
    {
        var command = Prepare(new() { Name = "c", Image = image, Args = ["worker"] });

        Assert.Equal(["/opt/hearth", "worker"], command.Arguments);
    }

    [Fact]
    public void Prepare_WithCommand_RunsItWhateverTheImage()
    {
        var command = Prepare(new() { Name = "c", Image = "python:3.12", Command = ["python3", "-c"], Args = ["pass"] });

        Assert.Equal(["python3", "-c", "pass"], command.Arguments);
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("hearth/other")]
    [InlineData("not-hearth")]
    [InlineData(null)]
    public void Prepare_OtherImageWithoutCommand_SaysWhatProcessNodesRun(string? image)
    {
        var fault = Assert.Throws<ContainerConfigException>(() => Prepare(new() { Name = "c", Image = image }));

        Assert.Equal("ErrImageNeverPull", fault.Reason);
        Assert.Contains("process nodes run only", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Prepare_MountPaths_AreReplacedAtTheBeginningOfValuesOnly()
    {
        var container = new V1Container
        {
            Name = "c",
            Command = ["ls", "/var/cache/x", "/var/cached", "see /var/cache"],
            WorkingDir = "/var/cache/inner/deep",
            VolumeMounts =
            [
                new() { Name = "cache", MountPath = "/var/cache" },
                new() { Name = "inner", MountPath = "/var/cache/inner/", SubPath = "part" },
            ],
        };

        var command = Prepare(container, new() { ["DIR"] = "/var/cache" });

        Assert.Equal(["ls", "/state/cache/x", "/var/cached", "see /var/cache"], command.Arguments);
        Assert.Equal("/state/cache", command.Environment["DIR"]);
        Assert.Equal("/state/inner/part/deep", command.WorkingDirectory);
        Assert.Equal("/var/cache:/state/cache\n/var/cache/inner/:/state/inner/part", command.Environment["HEARTH_MOUNTS"]);
    }

    [Fact]
    public void Prepare_MountOfNoVolume_SaysWhich()
    {
        var container = new V1Container { Name = "c", Command = ["ls"], VolumeMounts = [new() { Name = "data", MountPath = "/data" }] };

        var fault = Assert.Throws<ContainerConfigException>(() => Prepare(container));

        Assert.Equal("volumeMount \"/data\" names volume \"data\", which the pod does not have.", fault.Message);
    }

    private static ContainerCommand Prepare(V1Container container, Dictionary<string, string>? variables = null) =>
        ContainerPreparation.Prepare(container, ["/opt/hearth"], variables ?? [], Volumes, "/state/pod");
}
