using System.Runtime.InteropServices;
using Hearth.Api.Telemetry;
using Hearth.Worker.Devices;
using Hearth.Worker.Models;
using Hearth.Worker.OnnxRuntime;
using Hearth.Worker.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Hearth.Worker;

/// <summary>A worker: the control port, the data port, and what lies behind them.</summary>
/// <remarks>
/// Kestrel is used without a host: a worker that a caller waits for starts no container, configuration or routing table first.
/// </remarks>
public sealed partial class WorkerServer : IAsyncDisposable
{
    // After the drain only callers are left that never were let in, or never finish.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(1);

    private readonly KestrelServer _kestrel;
    private readonly WorkerParts _parts;
    private readonly TimeProvider _time;
    private readonly IReadOnlyList<IDisposable> _owned;

    private WorkerServer(
        KestrelServer kestrel, WorkerParts parts, IReadOnlyList<IDisposable> owned, TimeProvider time, Task ready, Uri dataUrl, Uri controlUrl)
    {
        (_kestrel, _parts, _owned, _time) = (kestrel, parts, owned, time);
        (Ready, DataUrl, ControlUrl) = (ready, dataUrl, controlUrl);
    }

    /// <summary>Where the role is served.</summary>
    public Uri DataUrl { get; }

    /// <summary>Where the worker is controlled.</summary>
    public Uri ControlUrl { get; }

    /// <summary>Completes when <c>/readyz</c> answers 200: ONNX Runtime is open, or known not to be there, the worker has rehearsed, and a GPU
    /// is ready, where there is one.</summary>
    public Task Ready { get; }

    /// <summary>Starts a worker; it listens when this completes.</summary>
    /// <exception cref="ArgumentException">The options are wrong.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public static async Task<WorkerServer> StartAsync(
        WorkerOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        if (options.Validate().ToList() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(" ", faults), nameof(options));
        ReserveThreads();
        var runtime = new RuntimeHost(new OrtEnvOptions { LibraryPath = options.OnnxRuntimePath }, logs.CreateLogger<RuntimeHost>());
        var accelerators = new AcceleratorHost(options.Accelerator, time, logs.CreateLogger<AcceleratorHost>());
        var http = new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }) { Timeout = Timeout.InfiniteTimeSpan };
        var exporter = new PrometheusTextExporter();
        var metrics = new WorkerMetrics();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var parts = new WorkerParts(options, runtime, accelerators, http, exporter, metrics, ready.Task, time, logs);

        ListenOptions? control = null;
        ListenOptions? data = null;
        var settings = new KestrelServerOptions { AddServerHeader = false };
        settings.Listen(options.Address, options.ControlPort, listen => control = ForHttp1(listen));
        settings.Listen(options.Address, options.DataPort, listen => data = ForHttp1(listen));
        var kestrel = new KestrelServer(
            Options.Create(settings), new SocketTransportFactory(Options.Create(BlockPool.Use(new SocketTransportOptions())), logs), logs);
        await kestrel.StartAsync(
            new HttpApplication(context => context.Connection.LocalPort == control!.IPEndPoint!.Port
                ? parts.Control.InvokeAsync(context)
                : parts.Data.InvokeAsync(context)),
            cancellation);
        var server = new WorkerServer(kestrel, parts, [runtime, accelerators, http, metrics, exporter], time, ready.Task, UrlOf(data!), UrlOf(control!));
        Log.Listening(logs.CreateLogger<WorkerServer>(), server.DataUrl, server.ControlUrl);
        var rehearsal = new Rehearsal(options, runtime, accelerators, http, time, logs.CreateLogger<Rehearsal>());
        _ = Task.Run(() => BecomeReadyAsync(ready, rehearsal, accelerators.Opened, server.ControlUrl), CancellationToken.None);
        return server;
    }

    /// <summary>Runs a worker until SIGTERM or SIGINT, then stops it in order.</summary>
    public static async Task RunAsync(WorkerOptions options, TimeProvider time, ILoggerFactory logs)
    {
        var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        await using var server = await StartAsync(options, time, logs, CancellationToken.None);
        await stop.Task;

        void OnSignal(PosixSignalContext signal)
        {
            // The default would end the process at once.
            signal.Cancel = true;
            stop.TrySetResult();
        }
    }

    /// <summary>Takes no more work, lets running requests end, unloads the model and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        using var patience = new CancellationTokenSource(StopTimeout, _time);
        await _kestrel.StopAsync(patience.Token);
        _kestrel.Dispose();
        await Ready;
        foreach (var owned in _owned)
            owned.Dispose();
    }

    private static async Task BecomeReadyAsync(TaskCompletionSource ready, Rehearsal rehearsal, Task accelerator, Uri ownUrl)
    {
        try
        {
            await rehearsal.PlayAsync(ownUrl);
            await accelerator;
        }
        finally
        {
            ready.SetResult();
        }
    }

    private static ListenOptions ForHttp1(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        return listen;
    }

    private static Uri UrlOf(ListenOptions listener) => new($"http://{listener.IPEndPoint}");

    /// <summary>Runs of a model hold a thread each; the control port and the reading of requests need some that they do not hold.</summary>
    private static void ReserveThreads()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, (2 * Environment.ProcessorCount) + 2), completions);
    }

    private static partial class Log
    {
        [LoggerMessage(50, LogLevel.Information, "Serving on {DataUrl}, controlled on {ControlUrl}")]
        public static partial void Listening(ILogger logger, Uri dataUrl, Uri controlUrl);
    }
}
