using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using Hearth.Api;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.Workers;
using Hearth.Testing;

namespace Hearth.Benchmarks.Round;

/// <summary>A real <c>hearth worker</c> that is assigned through its control port.</summary>
internal sealed class AggregatorProcess : IAsyncDisposable
{
    private const string Token = "bench";
    private const string TaskSet = "/usr/bin/taskset";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(50);

    private readonly Process _process;
    private readonly HttpClient _control;
    private long _idle;
    private long _assigned;
    private long _peak;
    private TimeSpan _cpuBefore;

    private AggregatorProcess(string hearth, string folder, string? share, string cores, bool foldsLate)
    {
        var (data, control) = (LoopbackPort.Free(), LoopbackPort.Free());
        if (!File.Exists(TaskSet))
            throw new InvalidOperationException($"\"{TaskSet}\", which gives each node its core, is not here: install util-linux.");
        // It becomes the worker, which then sees no more cores than these.
        var start = new ProcessStartInfo(TaskSet, ["--cpu-list", cores, hearth, "worker"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[WorkerEnvironment.PodIP] = "127.0.0.1";
        start.Environment[WorkerEnvironment.Token] = Token;
        start.Environment[WorkerEnvironment.DataPort] = data.ToString(CultureInfo.InvariantCulture);
        start.Environment[WorkerEnvironment.ControlPort] = control.ToString(CultureInfo.InvariantCulture);
        start.Environment[WorkerEnvironment.CacheDirectory] = Path.Combine(folder, "cache");
        start.Environment[WorkerEnvironment.Accelerator] = "Cpu";
        start.Environment[WorkerEnvironment.NodeShare] = share;
        start.Environment[WorkerEnvironment.FoldLate] = foldsLate ? "true" : null;
        Address = $"127.0.0.1:{data}";
        Share = share;
        _control = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{control}"), Timeout = Patience };
        _control.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Its data port.</summary>
    public string Address { get; }

    /// <summary>The memory of its node; null where it has none.</summary>
    public string? Share { get; }

    /// <summary>Most memory of its own that it took over what it had idle, of what <see cref="Sample"/> saw.</summary>
    public long PeakBytes => Math.Max(0, _peak - _idle);

    /// <summary>As much once it was assigned.</summary>
    public long AssignedBytes => Math.Max(0, _assigned - _idle);

    /// <summary>Processor time that it took since <see cref="ResetCpu"/>.</summary>
    public TimeSpan Cpu => ProcessClockNative.Cpu(_process.Id) - _cpuBefore;

    /// <summary>Starts a worker on some cores, as <c>taskset</c> lists them, and returns when it is ready.</summary>
    public static async Task<AggregatorProcess> StartAsync(string hearth, string folder, string? share, string cores, bool foldsLate, TimeProvider time, CancellationToken cancel)
    {
        var started = new AggregatorProcess(hearth, folder, share, cores, foldsLate);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        while (!await started.IsReadyAsync(patience.Token))
            await Task.Delay(AskAgainAfter, time, patience.Token);
        started._idle = started.OwnBytes();
        return started;
    }

    /// <summary>Assigns it, and returns when it is.</summary>
    public async Task AssignAsync(Assignment assignment, CancellationToken cancel)
    {
        using var answer = await _control.PostAsync("/assignment", JsonContent.Create(assignment, ApiJsonContext.Default.Assignment), cancel);
        var lines = await answer.Content.ReadAsStringAsync(cancel);
        if (!answer.IsSuccessStatusCode || !lines.Contains("\"Ready\"", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"A worker was not to be assigned: {lines}");
        _assigned = OwnBytes();
    }

    /// <summary>Has it follow a plan.</summary>
    public async Task PlanAsync(AggregationPlan plan, CancellationToken cancel)
    {
        using var answer = await _control.PutAsync("/assignment/plan", JsonContent.Create(plan, ApiJsonContext.Default.AggregationPlan), cancel);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The plan was not taken: {await answer.Content.ReadAsStringAsync(cancel)}");
    }

    /// <summary>Counts <see cref="Cpu"/> from now on.</summary>
    public void ResetCpu() => _cpuBefore = ProcessClockNative.Cpu(_process.Id);

    /// <summary>Looks at the memory it has now.</summary>
    public void Sample() => _peak = Math.Max(_peak, OwnBytes());

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _control.Dispose();
    }

    // Without what it maps of files and of the node's memory, which is counted once for all who map it.
    private long OwnBytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").Single(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancel)
    {
        if (_process.HasExited)
            throw new InvalidOperationException($"A worker ended with {_process.ExitCode} before it was ready.");
        try
        {
            using var answer = await _control.GetAsync("/readyz", cancel);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
