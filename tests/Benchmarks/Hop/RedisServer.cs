using System.ComponentModel;
using System.Diagnostics;

namespace Hearth.Benchmarks.Hop;

/// <summary>A Redis server of its own, that writes nothing to disk.</summary>
internal sealed class RedisServer : IDisposable
{
    private const string Executable = "redis-server";
    private const string ReadyLine = "ready to accept connections";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private RedisServer(Process process) => _process = process;

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    /// <summary>Starts it on a Unix socket, which is faster than a port.</summary>
    public static async Task<RedisServer> StartAsync(string socket, CancellationToken cancel)
    {
        string[] arguments = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--daemonize", "no", "--maxmemory", "0"];
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo(Executable, arguments) { RedirectStandardOutput = true })!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"{Executable} is not installed; `make bench-setup` installs redis-server.", e);
        }
        var server = new RedisServer(process);
        while (await process.StandardOutput.ReadLineAsync(cancel).AsTask().WaitAsync(Patience, cancel) is { } line)
        {
            if (line.Contains(ReadyLine, StringComparison.OrdinalIgnoreCase))
                return server;
        }
        server.Dispose();
        throw new InvalidOperationException($"{Executable} ended before it said \"{ReadyLine}\".");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }
}
