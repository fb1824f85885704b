using System.Diagnostics;
using Hearth.Cli.Demos;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Benchmarks.ColdStart;

/// <summary>A local cluster in a process of its own, as a user starts it, without a pool.</summary>
internal sealed class HearthUp : IAsyncDisposable
{
    private const string FunctionsLine = "functions ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-bench-");

    private HearthUp(string hearth)
    {
        var start = new ProcessStartInfo(hearth, ["up", "--no-pool", "--gateway-port", "0", "--kubeconfig", Kubeconfig, "--claim", $"examples={DemoFolders.FindExamples()}"]) { RedirectStandardOutput = true };
        _process = Process.Start(start)!;
    }

    /// <summary>A client of its API server.</summary>
    public IKubernetesClient Client { get; private set; } = null!;

    /// <summary>Where functions are invoked.</summary>
    public Uri Gateway { get; private set; } = null!;

    private string Kubeconfig => Path.Combine(_folder.FullName, "kubeconfig");

    /// <summary>Starts a cluster and returns when it can be used.</summary>
    public static async Task<HearthUp> StartAsync(string hearth, TimeProvider time, CancellationToken cancel)
    {
        var cluster = new HearthUp(hearth);
        try
        {
            await cluster.ReadAnnouncementAsync(cancel).WaitAsync(Patience, cancel);
            cluster.Client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(cluster.Kubeconfig), time);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends it as Ctrl-C does, so that its workers end with it.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
            await kill.WaitForExitAsync();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ReadAnnouncementAsync(CancellationToken cancel)
    {
        while (await _process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith(FunctionsLine, StringComparison.Ordinal))
                Gateway = new Uri(new Uri(line[FunctionsLine.Length..].Trim()), "/");
            if (line.StartsWith("Ctrl-C", StringComparison.Ordinal))
                return;
        }
        throw new InvalidOperationException("hearth up ended before it said that it is up.");
    }
}
