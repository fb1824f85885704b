using Hearth.Api.Core;
using Hearth.Cli.Tests.Local;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;

namespace Hearth.Cli.Tests.Commands;

/// <summary>A whole cluster as a user starts it.</summary>
public sealed class UpCommandTests : IDisposable
{
    private readonly string _kubeconfig = Path.Combine(Path.GetTempPath(), $"hearth-test-{Guid.NewGuid():N}.kubeconfig");

    public void Dispose() => File.Delete(_kubeconfig);

    [Fact]
    public async Task Up_Terminated_LeavesNoProcessAndNoFileBehind()
    {
        using var up = Start();
        var (workers, directories) = await WaitForWorkersAsync(up);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_kubeconfig));

        Assert.Equal(0, await up.TerminateAsync());

        Assert.All(workers, w => Assert.False(Processes.IsAlive(w)));
        Assert.All(directories, d => Assert.False(Directory.Exists(d), d));
        Assert.False(File.Exists(_kubeconfig));
    }

    [Fact]
    public async Task Up_Killed_TakesItsProcessesAndDirectoriesWithIt()
    {
        using var up = Start();
        var (workers, directories) = await WaitForWorkersAsync(up);

        await up.KillAsync();

        foreach (var worker in workers)
            await Processes.WaitUntilGoneAsync(worker);
        foreach (var directory in directories)
            await Files.WaitUntilGoneAsync(NodeDirectory(directory));
        Assert.All(directories, d => Assert.False(Directory.Exists(d), d));
    }

    /// <summary>The one of a node's directories below the temporary directory, which goes last.</summary>
    private static string NodeDirectory(string directory)
    {
        var temporary = Path.TrimEndingDirectorySeparator(Path.GetTempPath());
        while (Path.GetDirectoryName(directory) is { } parent && parent != temporary)
            directory = parent;
        return directory;
    }

    private HearthProcess Start() => new("up", "--gateway-port", "0", "--kubeconfig", _kubeconfig, "--warm", "2");

    /// <summary>Ids and directories of the pool's workers, once they are ready.</summary>
    private async Task<(List<int> Workers, List<string> Directories)> WaitForWorkersAsync(HearthProcess up)
    {
        await up.WaitForOutputAsync("export KUBECONFIG=");
        using var client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(_kubeconfig), TimeProvider.System);
        var pods = await client.WaitForAsync<V1Pod>(
            "default", new ListOptions(), found => found.Count(NodeCluster.IsReady) >= 2, "two ready workers", TimeSpan.FromSeconds(120));
        var workers = pods.Select(NodeCluster.ProcessId).ToList();
        return (workers, workers.ConvertAll(w => new FileInfo($"/proc/{w}/cwd").LinkTarget!));
    }
}
