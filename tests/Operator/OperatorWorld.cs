using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Policies.Pods;
using Hearth.Policies.Scaling;
using Hearth.Testing;

namespace Hearth.Operator.Tests;

/// <summary>
/// The controllers over a real API server in memory, without their host: a test reconciles when it wants to and sees what was written. Each reconcile
/// begins with a fresh view of the cluster, unless the test asks for a stale one.
/// </summary>
internal sealed class OperatorWorld : IAsyncDisposable
{
    public const string Namespace = MakeFunction.DefaultNamespace;
    public const string Identity = "operator-1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ApiServerFixture _api;
    private readonly KubernetesClient _client;

    private OperatorWorld(ApiServerFixture api, ManualTimeProvider time)
    {
        (_api, Time) = (api, time);
        _client = new(new() { Host = api.BaseUri.AbsoluteUri, AccessToken = api.Token }, time);
        Client = new(_client);
        Life = NewLife();
    }

    public ManualTimeProvider Time { get; }

    public RecordingClient Client { get; }

    public FakeWorkerControl Control { get; } = new();

    /// <summary>The operator process.</summary>
    public OperatorLife Life { get; private set; }

    /// <summary>Events as <c>Reason: message</c>, warnings with an exclamation mark in front.</summary>
    public List<string> Events { get; } = [];

    public static async Task<OperatorWorld> StartAsync()
    {
        var time = new ManualTimeProvider();
        var api = new ApiServerFixture { Time = time };
        await api.InitializeAsync();
        return new(api, time);
    }

    public async ValueTask DisposeAsync()
    {
        await Life.DisposeAsync();
        _client.Dispose();
        await _api.DisposeAsync();
    }

    /// <summary>The operator's process ends and another starts: only what is in the cluster is left.</summary>
    public async Task RestartAsync()
    {
        await Life.DisposeAsync();
        Life = NewLife();
    }

    public Task<T> AddAsync<T>(T entity)
        where T : class, IResource<T> => _client.CreateAsync(entity);

    /// <summary>Adds a pool and reconciles until its workers are there and Ready.</summary>
    public async Task AddWarmPoolAsync(MakePool pool)
    {
        var name = (await AddAsync(pool.Build())).Name();
        await ReconcilePoolAsync(name);
        await ReadyAllAsync();
        await ReconcilePoolAsync(name);
        Client.Writes.Clear();
    }

    public async Task<ReconciliationResult<WorkerPool>> ReconcilePoolAsync(string name, bool isStale = false)
    {
        if (!isStale)
            await Life.RefreshAsync(_client);
        var result = await Life.PoolController.ReconcileAsync(Life.Pools.Get(name, Namespace)!, default).WaitAsync(Patience);
        await Life.Work.WhenIdleAsync().WaitAsync(Patience);
        return result;
    }

    public async Task<ReconciliationResult<InferenceFunction>> ReconcileFunctionAsync(string name = "fn", bool isStale = false)
    {
        if (!isStale)
            await Life.RefreshAsync(_client);
        var result = await Life.FunctionController.ReconcileAsync(Life.Functions.Get(name, Namespace)!, default).WaitAsync(Patience);
        await Life.Work.WhenIdleAsync().WaitAsync(Patience);
        return result;
    }

    /// <summary>Reconciles until no write is left to do; a loop that never ends fails.</summary>
    public async Task SettleFunctionAsync(string name = "fn")
    {
        for (var i = 0; i < 10; i++)
        {
            var before = Client.Writes.Count;
            await ReconcileFunctionAsync(name);
            if (Client.Writes.Count == before)
                return;
        }
        Assert.Fail($"Function \"{name}\" does not settle; writes: {string.Join(", ", Client.Writes)}");
    }

    public async Task<ReconciliationResult<FederatedAggregation>> ReconcileFederationAsync(string name = "fa", bool isStale = false)
    {
        if (!isStale)
            await Life.RefreshAsync(_client);
        var result = await Life.FederationController.ReconcileAsync(Life.Federations.Get(name, Namespace)!, default).WaitAsync(Patience);
        await Life.Work.WhenIdleAsync().WaitAsync(Patience);
        return result;
    }

    /// <summary>Reconciles until no write is left to do; a loop that never ends fails.</summary>
    public async Task SettleFederationAsync(string name = "fa")
    {
        for (var i = 0; i < 10; i++)
        {
            var before = Client.Writes.Count;
            await ReconcileFederationAsync(name);
            if (Client.Writes.Count == before)
                return;
        }
        Assert.Fail($"FederatedAggregation \"{name}\" does not settle; writes: {string.Join(", ", Client.Writes)}");
    }

    public async Task<ReconciliationResult<TrainingJob>> ReconcileJobAsync(string name = "tj", bool isStale = false)
    {
        if (!isStale)
            await Life.RefreshAsync(_client);
        var result = await Life.JobController.ReconcileAsync(Life.Jobs.Get(name, Namespace)!, default).WaitAsync(Patience);
        await Life.Work.WhenIdleAsync().WaitAsync(Patience);
        return result;
    }

    /// <summary>Reconciles until no write is left to do; a loop that never ends fails.</summary>
    public async Task SettleJobAsync(string name = "tj")
    {
        for (var i = 0; i < 10; i++)
        {
            var before = Client.Writes.Count;
            await ReconcileJobAsync(name);
            if (Client.Writes.Count == before)
                return;
        }
        Assert.Fail($"TrainingJob \"{name}\" does not settle; writes: {string.Join(", ", Client.Writes)}");
    }

    public async Task<TrainingJobStatus> JobStatusAsync(string name = "tj") => (await _client.GetAsync<TrainingJob>(name, Namespace))!.Status!;

    /// <summary>The node says that every pod runs and is Ready.</summary>
    public async Task ReadyAllAsync()
    {
        foreach (var pod in await PodsAsync())
        {
            if (pod.Status?.PodIP is null)
                await SetStatusAsync(pod, new() { Phase = "Running", PodIP = "127.0.0.1", Conditions = [new() { Type = "Ready", Status = ConditionStatus.True }] });
        }
    }

    /// <summary>The scheduler puts a pod on a node.</summary>
    public async Task BindAsync(string pod, string node)
    {
        using var http = new HttpClient { BaseAddress = _api.BaseUri, DefaultRequestHeaders = { Authorization = new("Bearer", _api.Token) } };
        var binding = $$$"""{"apiVersion":"v1","kind":"Binding","metadata":{"name":"{{{pod}}}"},"target":{"kind":"Node","name":"{{{node}}}"}}""";
        using var answer = await http.PostAsync(new Uri($"api/v1/namespaces/{Namespace}/pods/{pod}/binding", UriKind.Relative), new StringContent(binding, Encoding.UTF8, "application/json"));
        answer.EnsureSuccessStatusCode();
    }

    public Task SetStatusAsync(V1Pod pod, V1PodStatus status) => _client.PatchAsync<V1Pod>(
        pod.Name(), Namespace, new(new JsonObject { ["status"] = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1PodStatus) }), "status");

    /// <summary>A merge patch of an object, as a user or another part makes it.</summary>
    public Task PatchAsync<T>(string name, string json)
        where T : class, IResource<T> => _client.PatchAsync<T>(name, Namespace, new(JsonNode.Parse(json)!));

    /// <summary>Puts a worker into a state of function <c>fn</c>, as a gateway does.</summary>
    public async Task MarkWorkerAsync(string pod, string state, ColdStartPath path = ColdStartPath.Pool, AssignmentFailure? failure = null)
    {
        var function = await _client.GetAsync<InferenceFunction>("fn", Namespace);
        var now = Time.GetUtcNow();
        var coldStart = new ColdStart { Path = path, Total = TimeSpan.FromMilliseconds(4), Time = now };
        var labels = new JsonObject { [HearthLabels.WorkerState] = state, [HearthLabels.Function] = "fn" };
        var annotations = new JsonObject
        {
            [HearthAnnotations.ClaimedBy] = "gateway",
            [HearthAnnotations.LastUsed] = now.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
            [HearthAnnotations.Assignment] = $"id-of-{pod}",
            [HearthAnnotations.FunctionGeneration] = $"{function?.Metadata.Generation}",
            [HearthAnnotations.FunctionHash] = function is null ? null : FunctionHash.Of(function.Spec),
            [HearthAnnotations.ColdStart] = state == WorkerState.Assigned ? JsonSerializer.Serialize(coldStart, ApiJsonContext.Default.ColdStart) : null,
            [HearthAnnotations.Failure] = failure is null ? null : JsonSerializer.Serialize(failure, ApiJsonContext.Default.AssignmentFailure),
        };
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = labels, ["annotations"] = annotations } };
        await _client.PatchAsync<V1Pod>(pod, Namespace, new(patch));
    }

    public async Task DeleteAsync<T>(string name)
        where T : class, IResource<T> => Assert.True(await _client.DeleteAsync<T>(name, Namespace));

    /// <summary>Every pod, by name.</summary>
    public async Task<IReadOnlyList<V1Pod>> PodsAsync() =>
        [.. (await _client.ListAsync<V1Pod>(Namespace)).Items.OrderBy(p => p.Name(), StringComparer.Ordinal)];

    /// <summary>Every pod as <c>name state owner</c>.</summary>
    public async Task<IEnumerable<string>> WorkersAsync() => (await PodsAsync()).Select(p =>
        $"{p.Name()} {p.GetLabel(HearthLabels.WorkerState)} {HearthLabels.Owners.Select(l => p.GetLabel(l)).FirstOrDefault(o => o is not null)}".TrimEnd());

    public async Task<WorkerPoolStatus> PoolStatusAsync(string name) => (await _client.GetAsync<WorkerPool>(name, Namespace))!.Status!;

    public async Task<InferenceFunctionStatus> FunctionStatusAsync(string name = "fn") => (await _client.GetAsync<InferenceFunction>(name, Namespace))!.Status!;

    public async Task<FederatedAggregationStatus> FederationStatusAsync(string name = "fa") =>
        (await _client.GetAsync<FederatedAggregation>(name, Namespace))!.Status!;

    public static V1Condition Condition(IReadOnlyList<V1Condition>? conditions, string type) => Assert.Single(conditions!, c => c.Type == type);

    /// <summary>One tick in which one gateway reports for the function; repeated, it makes a whole window.</summary>
    public void Report(int concurrency, TimeSpan idle = default, int ticks = 1)
    {
        for (var i = 0; i < ticks; i++)
        {
            if (ticks > 1)
                Time.Advance(TimeSpan.FromSeconds(2));
            var now = Time.GetUtcNow();
            Life.History.Record(now, [new GatewayReport("gateway", new()
            {
                Gateway = $"gateway at {now:O}",
                Time = now,
                Functions = [new() { Namespace = Namespace, Name = "fn", Concurrency = concurrency, LastActive = now - idle }],
            })]);
        }
    }

    private OperatorLife NewLife() => new(Client, Control, PublishAsync, Time);

    private Task PublishAsync(IKubernetesObject entity, string reason, string message, bool warning, CancellationToken cancel)
    {
        lock (Events)
            Events.Add($"{(warning ? "!" : "")}{reason}: {message}");
        return Task.CompletedTask;
    }
}
