using System.Text.RegularExpressions;

namespace Hearth.Integration.Tests;

/// <summary>Every example does what its README says: its commands are run as they stand there, from the root of the repository.</summary>
public sealed partial class ExampleTests(Cluster cluster) : IClassFixture<Cluster>, IDisposable
{
    private const string UsualGateway = "localhost:3500";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("hearth-home-");

    /// <summary>The folders below <c>examples</c>, one for each capability.</summary>
    public static TheoryData<string> Examples =>
        [.. Directory.GetDirectories(Path.Combine(Cluster.Repository, "examples")).SelectMany(Directory.GetDirectories)
            .Select(folder => Path.GetRelativePath(Cluster.Repository, folder)).Order(StringComparer.Ordinal)];

    public void Dispose() => _home.Delete(recursive: true);

    [KubectlTheory]
    [MemberData(nameof(Examples))]
    public async Task Readme_ItsCommands_Succeed(string example)
    {
        // Where "hearth up" writes it for everyone.
        _home.CreateSubdirectory(".hearth");
        File.Copy(cluster.Kubeconfig, Path.Combine(_home.FullName, ".hearth", "kubeconfig"));
        await cluster.WaitForWarmPoolAsync();

        var commands = ReadCommands(await File.ReadAllTextAsync(Path.Combine(Cluster.Repository, example, "README.md")));
        await using var shell = HearthProcess.StartProgram(
            "env", $"--chdir={Cluster.Repository}", $"HOME={_home.FullName}",
            $"PATH={Path.GetDirectoryName(HearthProcess.Executable)}:{Environment.GetEnvironmentVariable("PATH")}",
            "bash", "-euxo", "pipefail", "-c", commands.Replace(UsualGateway, cluster.Gateway.Authority, StringComparison.Ordinal));

        Assert.True(await shell.WaitForExitAsync(Patience) == 0, shell.Output);
    }

    /// <summary>The commands of the first block, without the one that starts the cluster: it runs already.</summary>
    private static string ReadCommands(string readme)
    {
        var block = ShellBlock().Match(readme);
        Assert.True(block.Success, "the README has no ```sh block of commands");
        var commands = block.Groups["commands"].Value;
        Assert.Matches(StartOfCluster(), commands);
        return StartOfCluster().Replace(commands, "");
    }

    [GeneratedRegex(@"^```sh\n(?<commands>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^hearth up\b.*\n", RegexOptions.Multiline)]
    private static partial Regex StartOfCluster();
}
