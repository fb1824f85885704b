using Hearth.Cli.Commands;

namespace Hearth.Cli.Tests.Commands;

public sealed class HearthCommandLineTests
{
    [Theory]
    [InlineData(0, "--help")]
    [InlineData(0, "crds")]
    [InlineData(0, "devices")]
    [InlineData(0, "devices", "--output", "json")]
    [InlineData(2, "devices", "--output", "xml")]
    [InlineData(2, "no-such-command")]
    [InlineData(2, "up", "--without", "kitchen")]
    [InlineData(2, "invoke", "f", "--gateway", "nowhere")]
    [InlineData(3, "invoke", "f", "--gateway", "http://127.0.0.1:1")]
    [InlineData(1, "node", "--kubeconfig", "/no/such/file")]
    [InlineData(1, "demo", "functions", "--model", "/no/such/file")]
    public async Task RunAsync_ByArguments_EndsWithTheNamedCode(int expected, params string[] arguments) =>
        Assert.Equal(expected, await HearthCommandLine.RunAsync(arguments, CancellationToken.None));

    [Fact]
    public async Task Crds_IntoADirectory_WritesOneFileForEachKind()
    {
        var directory = Directory.CreateTempSubdirectory("hearth-crds-").FullName;

        await HearthCommandLine.RunAsync(["crds", directory], CancellationToken.None);

        Assert.Equal(
            [
                "hearth.dev_federatedaggregations.yaml", "hearth.dev_inferencefunctions.yaml", "hearth.dev_trainingjobs.yaml",
                "hearth.dev_workerpools.yaml",
            ],
            Directory.GetFiles(directory).Select(Path.GetFileName).Order());
        Directory.Delete(directory, recursive: true);
    }
}
