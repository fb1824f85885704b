using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Apps;
using Hearth.Api.Core;
using Hearth.Api.Dapr;
using Hearth.Api.FederatedAggregations;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Api.TrainingJobs;
using Hearth.Api.WorkerPools;
using Hearth.Api.Workers;
using Hearth.Gateway;
using Hearth.Kubernetes.Client;
using Hearth.Operator;
using Hearth.Policies.Pods;
using Hearth.Policies.Revisions;
using Hearth.Testing;
using Microsoft.Extensions.Logging;

namespace Hearth.Chart.Tests.Rights;

/// <summary>An operator and a gateway, each with its own service account, whose calls the server records, and a life of two functions in which they use what they use.</summary>
/// <param name="api">The server; it stays its owner's.</param>
/// <param name="logs">Where both parts log.</param>
internal sealed class Scenario(RightsServer api, ILoggerFactory logs) : IAsyncDisposable
{
    public const string OperatorAccount = "hearth-operator";
    public const string GatewayAccount = "hearth-gateway";

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(240));
    private readonly HttpClient _http = new();
    private FakeWorker _worker = null!;
    private Task _node = Task.CompletedTask;

    /// <summary>Runs it from the first pool to the end of both parts.</summary>
    public async Task RunAsync()
    {
        _worker = await FakeWorker.StartAsync();
        _node = RunNodeAsync();
        using var operatorClient = await api.ConnectAsync(OperatorAccount);
        using var gatewayClient = await api.ConnectAsync(GatewayAccount);
        var pods = new WorkerPodOptions { DataPort = _worker.DataPort, ControlPort = _worker.ControlPort };
        await using (await StartOperatorAsync(operatorClient, pods))
        {
            var gateway = await StartGatewayAsync(gatewayClient, pods);
            await using (gateway)
            {
                await FillPoolAsync();
                await ServeFromPoolAsync(gateway.Url);
                await TrainAsync();
                await ServeFromCreatedAsync();
                await FederateAsync(gateway.Url);
                await ScaleByOperatorAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _patience.CancelAsync();
        await _node;
        _http.Dispose();
        await _worker.DisposeAsync();
        _patience.Dispose();
    }

    private Task<OperatorServer> StartOperatorAsync(IKubernetesClient client, WorkerPodOptions pods) => OperatorServer.StartAsync(
        new()
        {
            OperationsListen = "http://127.0.0.1:0",
            LeaseNamespace = HelmChart.Namespace,
            GatewayLeaseNamespace = HelmChart.Namespace,
            WorkerPods = pods,
            ScaleTick = TimeSpan.FromMilliseconds(100),
        },
        client, TimeProvider.System, logs, _patience.Token);

    private Task<GatewayServer> StartGatewayAsync(IKubernetesClient client, WorkerPodOptions pods) => GatewayServer.StartAsync(
        new() { Listen = "http://127.0.0.1:0", OperationsListen = "http://127.0.0.1:0", LeaseNamespace = HelmChart.Namespace, WorkerPods = pods },
        client, TimeProvider.System, logs, _patience.Token);

    private async Task FillPoolAsync()
    {
        await api.Client.CreateAsync(new MakePool().Warm(1).Build());
        await UntilAsync<WorkerPool>("default", p => p?.Status?.Idle == 1);
        // The fake worker has one token; the pool's is random.
        var data = new JsonObject { [WorkerPoolSecret.TokenKey] = Convert.ToBase64String(Encoding.UTF8.GetBytes(FakeWorker.Token)) };
        await api.Client.PatchAsync<V1Secret>(WorkerPoolSecret.Name("default"), MakeFunction.DefaultNamespace, new(new JsonObject { ["data"] = data }));
    }

    /// <summary>A model on a warm worker: claimed and assigned by the gateway, returned to its pool by the operator.</summary>
    private async Task ServeFromPoolAsync(string gateway)
    {
        await api.Client.CreateAsync(new MakeFunction("warm").Scale(0, 1).KeepAlive(TimeSpan.FromSeconds(1)).Build());
        await UntilAsync<InferenceFunction>("warm", f => f?.Status?.Conditions?.Count > 0);
        await InvokeAsync($"{gateway}/v1.0/invoke/warm/method/hello");
        await UntilAsync<InferenceFunction>("warm", f => f?.Status?.Replicas.Ready == 1);
        await UntilAsync<InferenceFunction>("warm", f => f?.Status?.Replicas.Ready == 0);
        await ReviseAsync();
        await api.Client.DeleteAsync<InferenceFunction>("warm", MakeFunction.DefaultNamespace);
        await UntilAsync<InferenceFunction>("warm", f => f is null);
    }

    /// <summary>Another model and back: a revision made, one numbered anew, one forgotten.</summary>
    private async Task ReviseAsync()
    {
        var model = new MakeFunction().Build().Spec.Model!.Uri;
        await api.Client.PatchAsync<InferenceFunction>("warm", MakeFunction.DefaultNamespace, new(JsonNode.Parse("""{"spec":{"model":{"uri":"file:///other.onnx"}}}""")!));
        await UntilAsync<V1ControllerRevision>(RevisionOf("file:///other.onnx"), r => r is not null);
        await api.Client.PatchAsync<InferenceFunction>(
            "warm", MakeFunction.DefaultNamespace, new(JsonNode.Parse($$$"""{"spec":{"model":{"uri":"{{{model}}}"},"revisionHistoryLimit":0}}""")!));
        await UntilAsync<V1ControllerRevision>(RevisionOf(model), r => r is { Revision: 3 });
        await UntilAsync<V1ControllerRevision>(RevisionOf("file:///other.onnx"), r => r is null);
    }

    private static string RevisionOf(string model) =>
        StoredRevision.NameOf("warm", FunctionHash.Of(new MakeFunction().Build().Spec with { Model = new() { Uri = model } }));

    /// <summary>A job on a warm worker, which is given back, and the job deleted when it is done.</summary>
    private async Task TrainAsync()
    {
        _worker.Latest = assignment => FakeWorker.ReadyLine(assignment) with { State = AssignmentState.Succeeded };
        await api.Client.CreateAsync(new MakeTrainingJob().RunPolicy(new() { TtlSecondsAfterFinished = 0 }).Build());
        await UntilAsync<TrainingJob>("tj", job => job is not null);
        await UntilAsync<TrainingJob>("tj", job => job is null);
        _worker.Latest = FakeWorker.ReadyLine;
    }

    /// <summary>A container: its pod is made by the gateway and deleted by the operator.</summary>
    private async Task ServeFromCreatedAsync()
    {
        _worker.ChecksAssignment = false;
        await api.Client.CreateAsync(
            new MakeFunction("created").Container("example/server", _worker.DataPort).Scale(0, 1).KeepAlive(TimeSpan.FromSeconds(1)).Build());
        await UntilAsync<InferenceFunction>("created", f => f?.Status?.Conditions?.Count > 0);
        await UntilAsync<HttpEndpoint>("created", e => e is not null);
        // What a Dapr sidecar makes of /v1.0/invoke/created/method/hello.
        var endpoint = await api.Client.GetAsync<HttpEndpoint>("created", MakeFunction.DefaultNamespace);
        await InvokeAsync($"{endpoint!.Spec.BaseUrl}/hello");
        await UntilAsync<InferenceFunction>("created", f => f?.Status?.Replicas.Ready == 1);
        await UntilAsync<InferenceFunction>("created", f => f?.Status?.Replicas.Ready == 0);
    }

    /// <summary>A federation whose aggregator the operator takes from the pool; a client is let in by the gateway.</summary>
    private async Task FederateAsync(string gateway)
    {
        await api.Client.CreateAsync(new MakeFederation("federation").Build());
        await UntilAsync<FederatedAggregation>("federation", f => f?.Status?.Conditions?.Any(
            c => c is { Type: FederatedAggregationConditions.AggregatorReady, Status: "True" }) == true);
        await InvokeAsync($"{gateway}/federations/{MakeFunction.DefaultNamespace}/federation/task");
        await api.Client.DeleteAsync<FederatedAggregation>("federation", MakeFunction.DefaultNamespace);
        await UntilAsync<FederatedAggregation>("federation", f => f is null);
    }

    /// <summary>What the operator does alone: a minimum, and a pool that shrinks.</summary>
    private async Task ScaleByOperatorAsync()
    {
        await api.Client.PatchAsync<InferenceFunction>("created", MakeFunction.DefaultNamespace, new(JsonNode.Parse("""{"spec":{"scale":{"min":1}}}""")!));
        await UntilAsync<InferenceFunction>("created", f => f?.Status?.Replicas.Ready == 1);
        await api.Client.PatchAsync<WorkerPool>("default", MakeFunction.DefaultNamespace, new(JsonNode.Parse("""{"spec":{"warm":{"min":0}}}""")!));
        await UntilAsync<WorkerPool>("default", p => p?.Status?.Idle == 0);
        await api.Client.DeleteAsync<InferenceFunction>("created", MakeFunction.DefaultNamespace);
        await api.Client.DeleteAsync<WorkerPool>("default", MakeFunction.DefaultNamespace);
        await UntilAsync<V1Pod>(null, p => p is null);
        await UntilAsync<HttpEndpoint>(null, e => e is null);
    }

    private async Task InvokeAsync(string url)
    {
        // The gateway may learn of the function later than the operator.
        for (; ; )
        {
            using var answer = await _http.GetAsync(new Uri(url), _patience.Token);
            if (answer.IsSuccessStatusCode)
                return;
            Assert.Equal(System.Net.HttpStatusCode.NotFound, answer.StatusCode);
            await Task.Yield();
        }
    }

    /// <summary>Watches until the object, null when it is not there, is as wanted. Without a name, null means that there is none at all.</summary>
    private async Task UntilAsync<T>(string? name, Func<T?, bool> isWanted)
        where T : class, IResource<T>
    {
        var list = await api.Client.ListAsync<T>(MakeFunction.DefaultNamespace, cancel: _patience.Token);
        var there = list.Items.Where(e => name is null || e.Name() == name).ToDictionary(e => e.Name());
        if (isWanted(there.Values.FirstOrDefault()))
            return;
        await foreach (var change in api.Client.WatchAsync<T>(MakeFunction.DefaultNamespace, new() { ResourceVersion = list.ResourceVersion }, _patience.Token))
        {
            if (change.Type == WatchEventType.Bookmark || (name is not null && change.Object.Name() != name))
                continue;
            if (change.Type == WatchEventType.Deleted)
                there.Remove(change.Object.Name());
            else
                there[change.Object.Name()] = change.Object;
            if (isWanted(there.Values.FirstOrDefault()))
                return;
        }
        Assert.Fail($"The watch of {T.Definition.Kind} \"{name}\" ended.");
    }

    /// <summary>A node on which every pod runs at once.</summary>
    private async Task RunNodeAsync()
    {
        try
        {
            await foreach (var change in api.Client.WatchAsync<V1Pod>(null, cancel: _patience.Token))
            {
                if (change.Type != WatchEventType.Added)
                    continue;
                await StartPodAsync(change.Object);
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
            await api.Client.PatchAsync<V1Pod>(pod.Name(), pod.Namespace(), new(new JsonObject { ["status"] = status }), "status", _patience.Token);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // It was deleted before the node heard of it.
        }
    }
}
