using System.Text.RegularExpressions;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Kubernetes.Client;

namespace Hearth.Integration.Tests;

/// <summary>Every example does what its README says: its commands are run as they stand there, from the root of the repository.</summary>
public sealed partial class ExampleTests(ExamplesCluster cluster) : IClassFixture<ExamplesCluster>, IDisposable
{
    private const string UsualGateway = "localhost:3500";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("hearth-home-");

    public void Dispose() => _home.Delete(recursive: true);

    [KubectlTheory]
    [Examples(needNumPy: false)]
    [Examples(needNumPy: true)]
    public async Task Readme_ItsCommands_Succeed(string example)
    {
        // Where "hearth up" writes it for everyone.
        _home.CreateSubdirectory(".hearth");
        File.Copy(cluster.Kubeconfig, Path.Combine(_home.FullName, ".hearth", "kubeconfig"));
        await cluster.WaitForWarmPoolAsync();

        var commands = ReadCommands(await File.ReadAllTextAsync(Path.Combine(Cluster.Repository, "examples", example, "README.md")));
        await using var shell = HearthProcess.StartProgram(
            "env", $"--chdir={cluster.Root}", $"HOME={_home.FullName}",
            $"PATH={Path.GetDirectoryName(HearthProcess.Executable)}:{ExamplesAttribute.PythonFolder}:{Environment.GetEnvironmentVariable("PATH")}",
            "bash", "-euxo", "pipefail", "-c", commands.Replace(UsualGateway, cluster.Gateway.Authority, StringComparison.Ordinal));

        Assert.True(await shell.WaitForExitAsync(Patience) == 0, shell.Output);
        await WaitForEndAsync<TrainingJob>(job => job.Status?.Conditions, TrainingJobConditions.Succeeded);
        await WaitForEndAsync<FederatedAggregation>(federation => federation.Status?.Conditions, FederatedAggregationConditions.Succeeded);
    }

    /// <summary>Waits until everything of a kind has done what it was made for.</summary>
    private async Task WaitForEndAsync<T>(Func<T, IReadOnlyList<V1Condition>?> conditions, string succeeded)
        where T : class, IResource<T>
    {
        foreach (var entity in (await cluster.Client.ListAsync<T>("default")).Items)
        {
            await cluster.WaitForAsync<T>(
                entity.Name(), e => e is not null && conditions(e)?.Any(c => c.Type == succeeded && c.Status == ConditionStatus.True) == true, $"condition {succeeded}");
        }
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
