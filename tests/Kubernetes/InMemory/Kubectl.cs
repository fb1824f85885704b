using System.Diagnostics;
using Hearth.Kubernetes.InMemory;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>The machine's kubectl, pointed at a server by a kubeconfig of its own.</summary>
internal sealed class Kubectl : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("hearth-kubectl-");

    public Kubectl(InMemoryApiServer server) => File.WriteAllText(KubeconfigPath, server.Kubeconfig());

    /// <summary>Where kubectl is, or null.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(folder => Path.Combine(folder, "kubectl")).FirstOrDefault(File.Exists);

    private string KubeconfigPath => Path.Combine(_home.FullName, "config");

    /// <summary>Writes a manifest and returns its path.</summary>
    public string Manifest(string yaml)
    {
        var path = Path.Combine(_home.FullName, Path.GetRandomFileName() + ".yaml");
        File.WriteAllText(path, yaml);
        return path;
    }

    /// <summary>Runs kubectl and returns its exit code and what it wrote, errors after the output.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    /// <summary>Runs kubectl, which must succeed, and returns its output.</summary>
    public async Task<string> SucceedAsync(params string[] arguments)
    {
        var (code, output) = await RunAsync(arguments);
        Assert.True(code == 0, $"kubectl {string.Join(' ', arguments)} ended with {code}: {output}");
        return output;
    }

    /// <summary>Starts kubectl; the caller ends it.</summary>
    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Executable!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = KubeconfigPath;
        start.Environment["HOME"] = _home.FullName;
        return Process.Start(start)!;
    }

    public void Dispose() => _home.Delete(recursive: true);
}
