using System.Diagnostics;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Benchmarks.Reconcile;

/// <summary>The API server in memory, in a process of its own: this program, started with <see cref="Command"/>.</summary>
internal sealed class ApiServerProcess : IAsyncDisposable
{
    /// <summary>First argument of the process; the second is the file for its kubeconfig.</summary>
    public const string Command = "api-server";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-bench-");
    private readonly Process _process;

    private ApiServerProcess()
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "Hearth.Benchmarks"), [Command, File])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        // As in `hearth`, which is compiled ahead of time, its code is fast from the first call.
        start.Environment["DOTNET_TC_QuickJit"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        _process = Process.Start(start)!;
    }

    /// <summary>Kubeconfig of the server.</summary>
    public string Kubeconfig => System.IO.File.ReadAllText(File);

    /// <summary>How clients reach the server.</summary>
    public KubernetesClientConfiguration Configuration => KubernetesClientConfiguration.BuildConfigFromConfigFile(File);

    private string File => Path.Combine(_folder.FullName, "kubeconfig");

    /// <summary>Starts the process and returns when the server answers.</summary>
    public static async Task<ApiServerProcess> StartAsync(CancellationToken cancel)
    {
        var started = new ApiServerProcess();
        if (await started._process.StandardOutput.ReadLineAsync(cancel) is not null)
            return started;
        await started.DisposeAsync();
        throw new InvalidOperationException("The API server in memory ended before it was ready.");
    }

    /// <summary>The process: a server that knows Hearth's kinds, until its input ends.</summary>
    /// <param name="file">File for its kubeconfig.</param>
    /// <param name="changes">Changes it keeps for those who watch.</param>
    public static async Task<int> RunAsync(string file, int changes)
    {
        var options = new InMemoryApiServerOptions { Definitions = CrdManifests.Definitions, WatchHistory = changes, WatchQueue = changes };
        await using var server = await InMemoryApiServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        await System.IO.File.WriteAllTextAsync(file, server.Kubeconfig());
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Processor time that the server has used.</summary>
    public TimeSpan Cpu()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }
}
