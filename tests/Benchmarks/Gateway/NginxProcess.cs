using System.Diagnostics;
using System.Net.Sockets;

namespace Hearth.Benchmarks.Gateway;

/// <summary>nginx with a configuration of ours, in a folder of its own, without root.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-bench-nginx-");
    private Process _process = null!;

    private NginxProcess()
    {
    }

    /// <summary>Starts it with one worker process a core, no access log, and connections that stay open.</summary>
    /// <param name="http">The inside of its <c>http</c> block. <c>{folder}</c> is the process's own folder.</param>
    /// <param name="files">Files to put into the folder.</param>
    /// <param name="address">Where it will listen.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops the wait.</param>
    public static async Task<NginxProcess> StartAsync(
        string http, IReadOnlyList<(string Name, byte[] Content)> files, Uri address, TimeProvider time, CancellationToken cancel)
    {
        var started = new NginxProcess();
        try
        {
            // Started by root, nginx reads its files as nobody.
            started._folder.UnixFileMode |= UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            foreach (var (name, content) in files)
                await File.WriteAllBytesAsync(Path.Combine(started._folder.FullName, name), content, cancel);
            started.Start(http);
            await started.WaitAsync(address, time, cancel);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            // The master ends its workers when it is asked to, and leaves them when it is killed.
            using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
            await kill.WaitForExitAsync();
            await _process.WaitForExitAsync();
        }
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private void Start(string http)
    {
        var folder = _folder.FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off;
            worker_processes {{Environment.ProcessorCount}};
            pid {{folder}}/nginx.pid;
            error_log stderr warn;
            events { worker_connections 1024; }
            http {
              access_log off;
              keepalive_requests 1000000000;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              {{http.Replace("{folder}", folder, StringComparison.Ordinal)}}
            }
            """);
        var path = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        try
        {
            _process = Process.Start(new ProcessStartInfo(path, ["-p", folder, "-e", "stderr", "-c", file]))!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new InvalidOperationException("\"nginx\" is not installed, and the row compares with it: run make bench-setup (Debian's package nginx-light).");
        }
    }

    private async Task WaitAsync(Uri address, TimeProvider time, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"nginx ended with {_process.ExitCode} before it listened at {address}.");
            using var probe = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await probe.ConnectAsync(address.Host, address.Port, patience.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(AskAgainAfter, time, patience.Token);
            }
        }
    }
}
