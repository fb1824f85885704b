using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Benchmarks.Reconcile;
using Hearth.Kubernetes.Client;
using Hearth.Policies.Pods;
using Hearth.Testing;

namespace Hearth.Benchmarks.Gateway;

/// <summary>A gateway as the chart runs it, with a function that one worker serves: whoever listens on the data port of an address.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string UrlLine = "gateway ";
    private const string Allocated = "hearth_gateway_allocated_bytes_total ";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("hearth-bench-");
    private readonly HttpClient _operations = new();
    private Process _process = null!;

    private GatewayProcess()
    {
    }

    /// <summary>Where the function is invoked.</summary>
    public Uri Function { get; private set; } = null!;

    /// <summary>Starts a gateway and returns when it serves the function.</summary>
    /// <param name="hearth">The executable.</param>
    /// <param name="api">The cluster's API server.</param>
    /// <param name="workerIP">Address of the worker; its port is <see cref="HearthApi.WorkerDataPort"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancel">Stops the start.</param>
    public static async Task<GatewayProcess> StartAsync(string hearth, ApiServerProcess api, string workerIP, TimeProvider time, CancellationToken cancel)
    {
        var started = new GatewayProcess();
        try
        {
            await PopulateAsync(api, workerIP, time);
            await started.StartAsync(hearth, api.Kubeconfig, cancel).WaitAsync(Patience, cancel);
            return started;
        }
        catch
        {
            await started.DisposeAsync();
            throw;
        }
    }

    /// <summary>Processor time that the process has used.</summary>
    public TimeSpan Cpu()
    {
        _process.Refresh();
        return _process.TotalProcessorTime;
    }

    /// <summary>Bytes that the gateway has allocated since it started.</summary>
    public async Task<double> AllocatedAsync(CancellationToken cancel)
    {
        var text = await _operations.GetStringAsync("metrics", cancel);
        var line = text.Split('\n').Single(l => l.StartsWith(Allocated, StringComparison.Ordinal));
        return double.Parse(line[Allocated.Length..], CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            _process.Kill();
        if (_process is not null)
            await _process.WaitForExitAsync();
        _process?.Dispose();
        _operations.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task PopulateAsync(ApiServerProcess api, string workerIP, TimeProvider time)
    {
        using var client = new KubernetesClient(api.Configuration, time);
        await client.CreateAsync(new MakePool("default").Build());
        var function = await client.CreateAsync(new MakeFunction("fn").Build());
        var pod = new MakeWorker("worker").Assigned("fn", time.GetUtcNow(), hash: FunctionHash.Of(function.Spec)).Build() with { Status = null };
        pod.Metadata.ResourceVersion = null;
        var status = JsonSerializer.SerializeToNode(FakeWorker.ReadyStatus() with { PodIP = workerIP }, ApiJsonContext.Default.V1PodStatus);
        await client.CreateAsync(pod);
        await client.PatchAsync<V1Pod>(pod.Name(), pod.Namespace(), new(new JsonObject { ["status"] = status }), "status");
    }

    private async Task StartAsync(string hearth, string kubeconfig, CancellationToken cancel)
    {
        var file = Path.Combine(_folder.FullName, "kubeconfig");
        await File.WriteAllTextAsync(file, kubeconfig, cancel);
        var listen = $"http://127.0.0.1:{Ports.Free()}";
        _operations.BaseAddress = new(listen);
        var start = new ProcessStartInfo(
            hearth, ["gateway", "--kubeconfig", file, "--listen", "http://127.0.0.1:0", "--operations-listen", listen, "--lease-namespace", "default"])
        {
            RedirectStandardOutput = true,
            // As the chart sets it for a gateway.
            Environment = { ["DOTNET_TieredPGO"] = "1" },
        };
        _process = Process.Start(start)!;
        while (await _process.StandardOutput.ReadLineAsync(cancel) is { } line)
        {
            if (!line.StartsWith(UrlLine, StringComparison.Ordinal))
                continue;
            Function = new(new Uri(line[UrlLine.Length..]), "/functions/default/fn/");
            return;
        }
        throw new InvalidOperationException($"\"{hearth} gateway\" ended before it served: see above.");
    }
}
