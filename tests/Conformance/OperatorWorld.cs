using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Operator;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Conformance.Tests;

/// <summary>
/// A namespace of a server with a node on which every pod runs at once, as one and the same worker. Objects are created there; operators are started
/// by the case.
/// </summary>
internal sealed class OperatorWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly CancellationTokenSource _end = new();
    private readonly FakeWorker _worker;
    private readonly Task _node;

    private OperatorWorld(KubernetesClient client, string ns, FakeWorker worker)
    {
        (Client, Namespace, _worker) = (client, ns, worker);
        _node = RunNodeAsync();
    }

    public KubernetesClient Client { get; }

    public string Namespace { get; }

    public FakeWorker Worker => _worker;

    public static async Task<OperatorWorld> StartAsync(Servers servers, string server)
    {
        var api = await servers.OpenAsync(server);
        return new(servers.ClientOf(server), api.Namespace, await FakeWorker.StartAsync());
    }

    public Task<OperatorServer> StartOperatorAsync(string identity = "operator", bool elects = false) => OperatorServer.StartAsync(
        new()
        {
            OperationsListen = "http://127.0.0.1:0",
            Identity = identity,
            LeaseNamespace = elects ? Namespace : null,
            WorkerPods = new() { DataPort = _worker.DataPort, ControlPort = _worker.ControlPort },
        },
        Client, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);

    public Task<T> AddAsync<T>(T entity)
        where T : class, IResource<T>
    {
        entity.Metadata.Namespace = Namespace;
        return Client.CreateAsync(entity);
    }

    /// <summary>Adds a pool and waits until its workers are idle. They have the token that the worker knows.</summary>
    public async Task AddPoolAsync(int warm)
    {
        await AddAsync(new MakePool().Warm(warm).Build());
        await UntilAsync<WorkerPool>("default", p => p?.Status?.Idle == warm, $"{warm} idle workers");
        var data = new JsonObject { [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeWorker.Token)) };
        await Client.PatchAsync<V1Secret>(WorkerPoolSecret.Name("default"), Namespace, new(new JsonObject { ["data"] = data }));
    }

    public Task PatchAsync<T>(string name, string json)
        where T : class, IResource<T> => Client.PatchAsync<T>(name, Namespace, new(JsonNode.Parse(json)!));

    public Task DeleteAsync<T>(string name)
        where T : class, IResource<T> => Client.DeleteAsync<T>(name, Namespace);

    /// <summary>Completes when an object, null when it is not there, is as wanted.</summary>
    public Task UntilAsync<T>(string name, Func<T?, bool> isSo, string expectation)
        where T : class, IResource<T> => Client.WaitForAsync(Namespace, name, isSo, expectation, Patience);

    /// <summary>Completes with all objects of a kind when they are as wanted.</summary>
    public Task<IReadOnlyList<T>> UntilAllAsync<T>(Func<IReadOnlyList<T>, bool> isSo, string expectation)
        where T : class, IResource<T> => Client.WaitForAsync(Namespace, new(), isSo, expectation, Patience);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _node;
        await _worker.DisposeAsync();
        _end.Dispose();
    }

    private async Task RunNodeAsync()
    {
        try
        {
            while (true)
            {
                // A real server ends a watch after a while of its own choosing.
                await foreach (var change in Client.WatchAsync<V1Pod>(Namespace, cancel: _end.Token))
                {
                    if (change.Type == WatchEventType.Added && change.Object.Status?.PodIP is null)
                        await StartPodAsync(change.Object);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task StartPodAsync(V1Pod pod)
    {
        var status = JsonSerializer.SerializeToNode(FakeWorker.ReadyStatus(), ApiJsonContext.Default.V1PodStatus);
        try
        {
            await Client.PatchAsync<V1Pod>(pod.Name(), Namespace, new(new JsonObject { ["status"] = status }), "status", _end.Token);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // It was deleted before the node heard of it.
        }
    }
}
