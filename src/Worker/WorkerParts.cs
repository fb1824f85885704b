using Amazon.S3;
using Hearth.Api.Telemetry;
using Hearth.Transport.Collectives;
using Hearth.Worker.Aggregators;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.Control;
using Hearth.Worker.Devices;
using Hearth.Worker.Functions;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Hearth.Worker.Trainers;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker;

/// <summary>What lies behind a worker's ports; the table of contents of this project.</summary>
internal sealed class WorkerParts : IAsyncDisposable
{
    // The operator watches over all ranks and ends the group when one is lost; these only end a group that no operator watches. A rank may be minutes
    // later than the others because it fetches its data, and silent for minutes because it writes a checkpoint.
    private static readonly RingOptions RingTimes = new() { RendezvousTimeout = TimeSpan.FromMinutes(20), StallTimeout = TimeSpan.FromMinutes(5) };

    private readonly S3ArtifactSource _s3;
    private readonly HearthModelRuntime _hearth;
    private readonly FunctionLoader _functions;
    private readonly ResidentModels _residents;
    private readonly AssignmentHost _assignments;

    /// <summary>Puts the parts together. They use, and do not own, what they are given.</summary>
    public WorkerParts(
        WorkerOptions options, RuntimeHost runtime, AcceleratorHost accelerators, HttpClient http, PrometheusTextExporter exporter, WorkerMetrics metrics, Task ready,
        TimeProvider time, ILoggerFactory logs)
    {
        var cache = new ArtifactCacheOptions { Directory = options.CacheDirectory, MaxBytes = options.CacheBytes, Mounts = VolumeMounts.Parse(options.Mounts, options.Claims) };
        _s3 = new S3ArtifactSource(Connect, cache.StallTimeout, time);
        var artifacts = new ArtifactCache(cache, new HttpArtifactSource(http, cache.StallTimeout, time), _s3, metrics, time);
        _hearth = new HearthModelRuntime(artifacts);
        var v2 = new V2Endpoint(metrics, time, logs.CreateLogger<V2Endpoint>());
        _residents = new ResidentModels(options.ResidentBytes);
        metrics.Observe(_residents);
        _functions = new FunctionLoader([new OnnxModelRuntime(artifacts, runtime), _hearth], _residents, v2, options.MaxBodyBytes, metrics, time, logs.CreateLogger<FunctionLoader>());
        var aggregators = new AggregatorLoader(options, _hearth, accelerators, new OutputOpener(cache.Mounts, Connect, time), time);
        var trainers = new TrainerLoader(artifacts, accelerators, cache.Mounts, RingTimes, time, logs.CreateLogger<TrainerLoader>());
        _assignments = new AssignmentHost([_functions, aggregators, trainers], metrics, options.DrainTimeout, time, logs.CreateLogger<AssignmentHost>());
        Control = new ControlEndpoint(new BearerToken(options.Token), _assignments, artifacts, _residents, ready, exporter);
        Data = new DataEndpoint(_assignments, metrics);

        static IAmazonS3 Connect() => S3Clients.Create(Environment.GetEnvironmentVariable);
    }

    /// <summary>Answers the control port.</summary>
    public ControlEndpoint Control { get; }

    /// <summary>Answers the data port.</summary>
    public DataEndpoint Data { get; }

    /// <summary>Takes no more work, waits for what runs, unloads.</summary>
    public async ValueTask DisposeAsync()
    {
        await _assignments.DisposeAsync();
        _functions.Dispose();
        _residents.Dispose();
        _hearth.Dispose();
        _s3.Dispose();
    }
}
