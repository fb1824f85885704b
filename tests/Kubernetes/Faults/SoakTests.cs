using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Controllers;
using Hearth.Kubernetes.Informers;
using Hearth.Kubernetes.InMemory;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit.Abstractions;

namespace Hearth.Kubernetes.Tests.Faults;

/// <summary>
/// An informer through a bad network while its objects change, its server restarts and the clocks are set: at the end it has what the server has,
/// and has told its subscribers every step.
/// <c>HEARTH_SOAK=1</c> runs it over 10,000 objects and 100,000 changes; <c>HEARTH_SEED</c> repeats a run.
/// </summary>
public sealed class SoakTests : IAsyncLifetime
{
    private const int Writers = 8;
    private const int Quarters = 4;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("HEARTH_SOAK") == "1";
    private static readonly int Objects = IsLong ? 10_000 : 200;
    private static readonly int Changes = IsLong ? 100_000 : 3_000;
    private static readonly TimeSpan Patience = IsLong ? TimeSpan.FromMinutes(9) : TimeSpan.FromMinutes(2);

    private readonly int _seed = int.TryParse(Environment.GetEnvironmentVariable("HEARTH_SEED"), out var given) ? given : Environment.TickCount;
    private readonly ITestOutputHelper _output;
    private readonly JumpyTimeProvider _time;
    private readonly ApiServerFixture _server;
    private readonly CancellationTokenSource _stop = new(Patience);
    private readonly ConcurrentDictionary<ObjectKey, V1ConfigMap> _told = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly List<string> _gaps = [];
    private int _restarts;

    public SoakTests(ITestOutputHelper output)
    {
        _output = output;
        _time = new(new Random(_seed));
        var options = new InMemoryApiServerOptions { WatchHistory = IsLong ? 5_000 : 500, WatchQueue = IsLong ? 20_000 : 200 };
        _server = new() { Options = options, Time = _time };
    }

    public Task InitializeAsync() => _server.InitializeAsync();

    public async Task DisposeAsync()
    {
        _stop.Dispose();
        _changed.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task RunAsync_OnABadDay_EndsWithWhatTheServerHas()
    {
        _output.WriteLine($"seed {_seed}");
        using var faults = new FaultyTransport(new Random(_seed), new SocketsHttpHandler(), _time) { StallOneWatchIn = IsLong ? 1000 : 4000 };
        var configuration = new KubernetesClientConfiguration { Host = _server.BaseUri.AbsoluteUri, AccessToken = _server.Token };
        using var client = new KubernetesClient(configuration, ApiTransport.Chain(configuration, _time, faults), _time);
        var options = new InformerOptions
        {
            WatchTimeout = TimeSpan.FromSeconds(2),
            WatchGrace = TimeSpan.FromSeconds(1),
            BaseDelay = TimeSpan.FromMilliseconds(1),
            MaxDelay = TimeSpan.FromMilliseconds(50),
        };
        var informer = new Informer<V1ConfigMap>(client, options, _time, NullLoggerFactory.Instance, new Random(_seed));
        informer.Subscribe(Follow);
        var running = informer.RunAsync(_stop.Token);

        var heap = new List<long>();
        for (var quarter = 0; quarter < Quarters; quarter++)
        {
            await ChangeAsync(quarter * Changes / Quarters, (quarter + 1) * Changes / Quarters);
            heap.Add(GC.GetTotalMemory(forceFullCollection: true) >> 20);
        }
        faults.IsOn = false;
        await SettleAsync(informer);

        _output.WriteLine($"{Objects} objects, {Changes} changes; heap by quarters, the server's included: {string.Join(", ", heap)} MB");
        _output.WriteLine($"faults: {string.Join(", ", faults.Injected.OrderBy(f => f.Key).Select(f => $"{f.Key} {f.Value}"))}");
        Assert.Empty(_gaps);
        _output.WriteLine($"the server restarted {_restarts} times, the clock was set {_time.Jumps} times");
        Assert.NotEmpty(faults.Injected);
        Assert.True(!IsLong || heap[^1] <= heap[1] * 1.3, $"Memory grew: {string.Join(", ", heap)} MB.");
        Assert.Equal(Quarters, _restarts);
        Assert.True(_time.Jumps > 0);
        await _stop.CancelAsync();
        await running;
    }

    /// <summary>Each event continues where the one before it ended.</summary>
    private void Follow(InformerEvent<V1ConfigMap> change)
    {
        var key = new ObjectKey(change.Object.Namespace(), change.Object.Name());
        var known = _told.GetValueOrDefault(key)?.Metadata;
        // A deletion tells the object as the server removed it, which is a version of its own.
        var fits = change.New is null ? known?.Uid == change.Old!.Uid() : known?.ResourceVersion == change.Old?.Metadata.ResourceVersion;
        if (!fits)
            _gaps.Add($"{key}: {known?.ResourceVersion} was told last, and now a change from {change.Old?.Metadata.ResourceVersion}");
        if (change.New is { } entity)
            _told[key] = entity;
        else
            _told.TryRemove(key, out _);
        _changed.Release();
    }

    private async Task SettleAsync(Informer<V1ConfigMap> informer)
    {
        var wanted = Versions((await _server.Client.ListAsync<V1ConfigMap>("default")).Items);
        while (!Versions(informer.List("default")).SetEquals(wanted))
            await _changed.WaitAsync(_stop.Token);
        Assert.True(Versions(_told.Values).SetEquals(wanted), "The subscribers were told of something else than the informer holds.");
    }

    private static HashSet<string> Versions(IEnumerable<V1ConfigMap> all) =>
        [.. all.Where(c => c.Namespace() == "default").Select(c => $"{c.Name()}@{c.Metadata.ResourceVersion}")];

    /// <summary>Creates, changes and deletes; each object is one writer's, so that every seed makes the same changes.</summary>
    private Task ChangeAsync(int from, int to) => Task.WhenAll(Enumerable.Range(0, Writers).Select(async writer =>
    {
        var random = new Random(_seed + writer + from);
        // Early enough that the server's history is full again when memory is measured.
        var restartAt = writer == 0 ? random.Next(from / Writers, (from + to) / 2 / Writers) : -1;
        for (var i = from / Writers; i < to / Writers; i++)
        {
            if (i == restartAt)
                await RestartAsync();
            await ChangeOneAsync($"c{(random.Next(Objects / Writers) * Writers) + writer}", i, random);
        }
    }));

    private async Task RestartAsync()
    {
        await _server.Server.RestartAsync(_stop.Token);
        _restarts++;
    }

    private async Task ChangeOneAsync(string name, int change, Random random)
    {
        var deletes = random.Next(5) == 0;
        while (true)
        {
            try
            {
                await (deletes ? _server.Client.DeleteAsync<V1ConfigMap>(name, "default") : ApplyAsync(name, change));
                return;
            }
            catch (HttpRequestException) when (!_stop.IsCancellationRequested)
            {
                // The server restarts. Both may be said twice.
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, _stop.Token);
            }
        }
    }

    private Task ApplyAsync(string name, int change) => _server.Client.ApplyAsync<V1ConfigMap>(new JsonObject
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
        ["data"] = new JsonObject { ["value"] = change.ToString(CultureInfo.InvariantCulture) },
    });
}
