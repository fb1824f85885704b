using System.Diagnostics;
using System.Reflection.PortableExecutable;

namespace Hearth.Integration.Tests;

/// <summary>What the Dockerfile's build stage does, with the SDK of this machine.</summary>
public sealed class PublishTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-publish-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Publish_ReadyToRun_GivesCompiledExecutableThatStarts()
    {
        var app = Path.Combine(_folder.FullName, "app");
        await RunAsync(
            "dotnet", "publish", Path.Combine(RepositoryRoot(), "src", "Cli"), "--configuration", "Release", "--use-current-runtime",
            "--self-contained", "false", "-p:PublishReadyToRun=true", "-p:RunAnalyzers=false", "--disable-build-servers",
            "--artifacts-path", Path.Combine(_folder.FullName, "obj"), "--output", app);

        Assert.True(IsReadyToRun(Path.Combine(app, "hearth.dll")), "hearth.dll holds no native code");
        await RunAsync(Path.Combine(app, "hearth"), "--version");
    }

    private static bool IsReadyToRun(string assembly)
    {
        using var reader = new PEReader(File.OpenRead(assembly));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static async Task RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            Assert.True(process.ExitCode == 0, $"'{file} {string.Join(' ', arguments)}' ended with {process.ExitCode}:\n{await output}{await errors}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static string RepositoryRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Operator.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"no Operator.sln above '{AppContext.BaseDirectory}'");
        return directory.FullName;
    }
}
