using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Hearth.Testing;

namespace Hearth.Benchmarks.Reconcile;

/// <summary>An operator in a process of its own, against any API server.</summary>
internal sealed class OperatorProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>How the chart has the operator's runtime, and why: see its Deployment.</summary>
    private static readonly Dictionary<string, string> AsInTheChart = new() { ["DOTNET_GCgen0size"] = "200000", ["DOTNET_TieredPGO"] = "0" };

    private readonly Process _process;
    private readonly HttpClient _operations;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-bench-");

    private OperatorProcess(string hearth, string kubeconfig)
    {
        var path = Path.Combine(_folder.FullName, "kubeconfig");
        File.WriteAllText(path, kubeconfig);
        var listen = $"http://127.0.0.1:{LoopbackPort.Free()}";
        _operations = new HttpClient { BaseAddress = new Uri(listen) };
        var start = new ProcessStartInfo(hearth, ["operator", "--operations-listen", listen]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["KUBECONFIG"] = path;
        foreach (var (name, value) in AsInTheChart)
            start.Environment.TryAdd(name, value);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Starts an operator and returns when it knows the cluster's objects.</summary>
    public static async Task<OperatorProcess> StartAsync(string hearth, string kubeconfig, TimeProvider time, CancellationToken cancel)
    {
        var started = new OperatorProcess(hearth, kubeconfig);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        while (!await started.IsReadyAsync(patience.Token))
            await Task.Delay(AskAgainAfter, time, patience.Token);
        return started;
    }

    /// <summary>Memory that the process holds, in MB.</summary>
    public double ResidentMB()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;
    }

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan Cpu()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Waits until nothing waits to be reconciled.</summary>
    public async Task DrainAsync(TimeProvider time, CancellationToken cancel)
    {
        while (await SumAsync("workqueue_depth{", _ => true, cancel) + await SumAsync("controller_runtime_active_workers{", _ => true, cancel) > 0)
            await Task.Delay(AskAgainAfter, time, cancel);
    }

    /// <summary>Reconciles so far.</summary>
    public Task<double> ReconcilesAsync(CancellationToken cancel) => SumAsync("controller_runtime_reconcile_total{", _ => true, cancel);

    /// <summary>Writes to the API server so far.</summary>
    public Task<double> WritesAsync(CancellationToken cancel) =>
        SumAsync("rest_client_requests_total{", line => !line.Contains("method=\"GET\"", StringComparison.Ordinal), cancel);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _operations.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<double> SumAsync(string metric, Func<string, bool> counts, CancellationToken cancel)
    {
        var text = await _operations.GetStringAsync("metrics", cancel);
        return text.Split('\n').Where(line => line.StartsWith(metric, StringComparison.Ordinal) && counts(line))
            .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"The operator ended with {_process.ExitCode} before it was ready.");
        try
        {
            using var answer = await _operations.GetAsync("readyz", cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
