using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Testing;

namespace Hearth.Integration.Tests;

/// <summary>A local cluster of real processes: <c>hearth up</c>, and what tests do with it.</summary>
public class Cluster : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("hearth-integration-").FullName;
    private readonly string[] _options;
    private HearthProcess? _up;
    private KubernetesClient? _client;
    private Uri? _gateway;

    public Cluster()
        : this("--warm", "3")
    {
    }

    protected Cluster(params string[] options) => _options = options;

    public IKubernetesClient Client => _client ?? throw new InvalidOperationException("The cluster is not started.");

    /// <summary>Where functions are invoked.</summary>
    public Uri Gateway
    {
        get => _gateway ?? throw new InvalidOperationException("The cluster has no gateway.");
        protected set => _gateway = value;
    }

    public string Kubeconfig => Path.Combine(_folder, "kubeconfig");

    public HttpClient Http { get; } = new() { Timeout = HearthProcess.Patience };

    /// <summary>The folder that manifests of the examples find.</summary>
    protected virtual string Examples => Path.Combine(Repository, "examples");

    /// <summary>Root of the repository, where the examples are.</summary>
    public static string Repository { get; } = FindRepository();

    public virtual async Task InitializeAsync()
    {
        _up = HearthProcess.Start(["up", "--gateway-port", "0", "--kubeconfig", Kubeconfig, "--claim", $"examples={Examples}", .. _options]);
        await _up.WaitForLineAsync("Ctrl-C stops");
        if (_up.Output.Contains("functions", StringComparison.Ordinal))
            _gateway = new((await _up.WaitForLineAsync(@"^functions\s+(\S+/)v1\.0/")).Groups[1].Value);
        _client = new(KubernetesClientConfiguration.BuildConfigFromConfigFile(Kubeconfig), TimeProvider.System);
    }

    public virtual async Task DisposeAsync()
    {
        Http.Dispose();
        _client?.Dispose();
        if (_up is not null)
            await _up.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Everything the cluster's process wrote so far, for messages of failing tests.</summary>
    public virtual string Outputs => _up?.Output ?? "";

    /// <summary>A path of this cluster that goes with it.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>A file for this cluster that goes with it.</summary>
    public async Task<string> WriteFileAsync(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        await File.WriteAllBytesAsync(path, content);
        return path;
    }

    /// <summary>Creates or changes a function and waits until the operator has seen it. <paramref name="spec"/> is JSON without the model's URI.</summary>
    public async Task CreateFunctionAsync(string name, string modelUri, string spec = "{}")
    {
        var function = await ApplyFunctionAsync(name, modelUri, spec);
        await WaitForAsync<InferenceFunction>(
            name, f => f?.Status?.ObservedGeneration >= function.Metadata.Generation, "the operator to have seen it");
    }

    /// <summary>Creates or changes a function.</summary>
    public Task<InferenceFunction> ApplyFunctionAsync(string name, string modelUri, string spec = "{}")
    {
        var full = JsonNode.Parse(spec)!.AsObject();
        var model = (full["model"] as JsonObject) ?? [];
        model["uri"] = modelUri;
        full["model"] = model;
        var entity = new JsonObject
        {
            ["apiVersion"] = InferenceFunction.Definition.ApiVersion,
            ["kind"] = InferenceFunction.Definition.Kind,
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" },
            ["spec"] = full,
        };
        return Client.ApplyAsync<InferenceFunction>(entity);
    }

    public Uri Invoke(string function, string path) => new(Gateway, $"/v1.0/invoke/{function}/method/{path}");

    public Uri Infer(string function) => Invoke(function, $"v2/models/{function}/infer");

    /// <summary>Posts a V2 request and returns the answer, whatever its status.</summary>
    public async Task<(HttpResponseMessage Response, string Body)> PostAsync(Uri uri, string json)
    {
        var response = await Http.PostAsync(uri, new StringContent(json, null, "application/json"));
        return (response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Posts a V2 request that must succeed and returns the values of its first output.</summary>
    public async Task<IReadOnlyList<double>> InferAsync(string function, string json)
    {
        var (response, body) = await PostAsync(Infer(function), json);
        Assert.True(response.IsSuccessStatusCode, $"{(int)response.StatusCode}: {body}");
        using var answer = JsonDocument.Parse(body);
        return answer.RootElement.GetProperty("outputs")[0].GetProperty("data").EnumerateArray().Select(v => v.GetDouble()).ToArray();
    }

    /// <summary>Waits until an object is as <paramref name="isSo"/> says; null means that it is not there.</summary>
    public async Task<T?> WaitForAsync<T>(string name, Func<T?, bool> isSo, string expectation)
        where T : class, IResource<T>
    {
        try
        {
            return await Client.WaitForAsync("default", name, isSo, expectation, HearthProcess.Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n{_up?.Output}", e);
        }
    }

    /// <summary>Waits for a condition of a function and returns it.</summary>
    public async Task<V1Condition> WaitForConditionAsync(string function, string type, string status, string? reason = null)
    {
        var seen = await WaitForAsync<InferenceFunction>(function, f => Find(f) is not null, $"condition {type}={status} {reason}");
        return Find(seen)!;

        V1Condition? Find(InferenceFunction? f) => f?.Status?.Conditions?.FirstOrDefault(
            c => c.Type == type && c.Status == status && (reason is null || c.Reason == reason) && c.ObservedGeneration == f.Metadata.Generation);
    }

    /// <summary>Waits until the default pool has its idle workers.</summary>
    public Task<WorkerPool?> WaitForWarmPoolAsync() => WaitForAsync<WorkerPool>(
        Api.HearthApi.DefaultPool, p => p?.Status is { } status && status.Idle >= p.Spec.Warm.Min, "its idle workers");

    /// <summary>Waits for an event about an object.</summary>
    public async Task WaitForEventAsync(string about, string reason)
    {
        using var patience = new CancellationTokenSource(HearthProcess.Patience);
        var selector = $"involvedObject.name={about},reason={reason}";
        var list = await Client.ListAsync<Corev1Event>("default", new() { FieldSelector = selector }, patience.Token);
        if (list.Items.Count > 0) return;
        await foreach (var _ in Client.WatchAsync<Corev1Event>("default", new() { FieldSelector = selector, ResourceVersion = list.ResourceVersion }, patience.Token))
            return;
        throw new TimeoutException($"no event {reason} about \"{about}\"");
    }

    /// <summary>The workers that serve a function, once there is one.</summary>
    /// <remarks>Not those that drain: a pod that was made because none was idle does so where an idle worker turned up before it was Ready.</remarks>
    public async Task<IReadOnlyList<V1Pod>> WorkersOfAsync(string function)
    {
        // A worker answers before it is written down as assigned.
        await WaitForAsync<InferenceFunction>(function, f => f?.Status?.Replicas.Ready > 0, "a worker that serves it");
        var selector = $"{Api.HearthLabels.Function}={function},{Api.HearthLabels.WorkerState}={WorkerState.Assigned}";
        return [.. (await Client.ListAsync<V1Pod>("default", new() { LabelSelector = selector })).Items.Where(p => p.Metadata.DeletionTimestamp is null)];
    }

    private static string FindRepository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Operator.sln")))
            directory = directory.Parent ?? throw new DirectoryNotFoundException("The tests do not lie in the repository.");
        return directory.FullName;
    }
}
