using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Conformance.Tests;

/// <summary>Hearth's own client, informer and events on every server: TLS and HTTP/2 where the server has them.</summary>
[Collection(Servers.Collection)]
public sealed class ClientCases(Servers servers)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [OnEveryServer]
    public async Task Object_FromCreationToDeletion_IsWhatWasWritten(string server)
    {
        var (client, ns) = await OpenAsync(server);
        var created = await client.CreateAsync(new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "life", Namespace = ns },
            Data = new Dictionary<string, string> { ["a"] = "1" },
        });
        var updated = await client.UpdateAsync(created with { Data = new Dictionary<string, string> { ["a"] = "2" } });
        var conflict = await Assert.ThrowsAsync<KubernetesException>(() => client.UpdateAsync(created));
        var patched = await client.PatchAsync<V1ConfigMap>(
            "life", ns, new V1Patch(new JsonObject { ["data"] = new JsonObject { ["b"] = "3" } }));

        Assert.True(conflict is { IsConflict: true, IsAlreadyExists: false });
        Assert.NotEqual(created.Metadata.ResourceVersion, updated.Metadata.ResourceVersion);
        Assert.Equal("2", patched.Data!["a"]);
        Assert.Equal("3", (await client.GetAsync<V1ConfigMap>("life", ns))!.Data!["b"]);
        Assert.True(await client.DeleteAsync<V1ConfigMap>("life", ns));
        Assert.False(await client.DeleteAsync<V1ConfigMap>("life", ns));
        Assert.Null(await client.GetAsync<V1ConfigMap>("life", ns));
    }

    [Theory]
    [OnEveryServer]
    public async Task CreateAsync_NameTaken_IsAlreadyExists(string server)
    {
        var (client, ns) = await OpenAsync(server);
        var entity = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "taken", Namespace = ns } };
        await client.CreateAsync(entity);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.CreateAsync(entity));

        Assert.True(error.IsAlreadyExists);
    }

    [Theory]
    [OnEveryServer]
    public async Task ApplyAsync_Status_LeavesTheSpecAlone(string server)
    {
        var (client, ns) = await OpenAsync(server);
        await client.ApplyAsync<WorkerPool>(Pool(ns, new JsonObject { ["spec"] = new JsonObject { ["image"] = "worker:1" } }));
        await client.ApplyAsync<WorkerPool>(Pool(ns, new JsonObject { ["status"] = new JsonObject { ["idle"] = 3 } }), "status");

        var pool = await client.GetAsync<WorkerPool>("status", ns);

        Assert.Equal(("worker:1", 3), (pool!.Spec.Image, pool.Status!.Idle));
    }

    [Theory]
    [OnEveryServer]
    public async Task ListAsync_MoreThanAPage_ReturnsAllOfTheSelected(string server)
    {
        var (client, ns) = await OpenAsync(server);
        for (var i = 0; i < 5; i++)
        {
            await client.CreateAsync(new V1ConfigMap
            {
                Metadata = new V1ObjectMeta { Name = $"page-{i}", Namespace = ns, Labels = new Dictionary<string, string> { ["page"] = $"{i % 2}" } },
            });
        }

        var list = await client.ListAsync<V1ConfigMap>(ns, new ListOptions { Limit = 2, LabelSelector = "page in (0)" });

        Assert.Equal(["page-0", "page-2", "page-4"], list.Items.Select(i => i.Name()).Order());
    }

    [Theory]
    [OnEveryServer]
    public async Task WatchAsync_AfterAList_SeesEveryLaterChange(string server)
    {
        var (client, ns) = await OpenAsync(server);
        var options = new ListOptions { LabelSelector = "watched=yes" };
        var list = await client.ListAsync<V1ConfigMap>(ns, options);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var watch = client.WatchAsync<V1ConfigMap>(ns, options with { ResourceVersion = list.ResourceVersion }, patience.Token);
        var seen = watch.Take(3).Select(e => e.Type).ToListAsync(patience.Token);

        await client.CreateAsync(new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "watched", Namespace = ns, Labels = new Dictionary<string, string> { ["watched"] = "yes" } },
        });
        await client.PatchAsync<V1ConfigMap>("watched", ns, new V1Patch(new JsonObject { ["data"] = new JsonObject { ["a"] = "1" } }));
        await client.DeleteAsync<V1ConfigMap>("watched", ns);

        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted], await seen);
    }

    [Theory]
    [OnEveryServer]
    public async Task AnyCall_WrongToken_IsRefused(string server)
    {
        await OpenAsync(server);
        using var stranger = new KubernetesClient(servers.ConfigurationOf(server) with { AccessToken = "wrong" }, TimeProvider.System);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => stranger.ListAsync<V1Pod>(null));

        Assert.Equal(HttpStatusCode.Unauthorized, error.Code);
    }

    [Theory]
    [OnEveryServer]
    public async Task ListMetadataAsync_Always_ReadsMetadataAlone(string server)
    {
        var (client, ns) = await OpenAsync(server);
        foreach (var name in (string[])["a", "b", "c"])
            await client.CreateAsync(ConfigMap(ns, name, "v"));

        var list = await client.ListMetadataAsync<V1ConfigMap>(ns, new() { Limit = 2 });

        Assert.Equal(["a", "b", "c"], list.Items.Select(m => m.Name));
        Assert.NotEmpty(list.ResourceVersion);
    }

    [Theory]
    [OnEveryServer]
    public async Task PatchAsync_ApplyWithoutForce_NamesTheFieldsOfOthers(string server)
    {
        var (client, ns) = await OpenAsync(server);
        var api = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["metadata"] = new JsonObject { ["name"] = "shared" },
            ["data"] = new JsonObject { ["key"] = "theirs" },
        };
        await (await servers.OpenAsync(server)).ApplyAsync($"/api/v1/namespaces/{ns}/configmaps/shared", "somebody", api.ToJsonString());
        api["data"]!["key"] = "ours";

        var patch = new V1Patch(api, PatchType.ApplyPatch);
        var conflict = await Assert.ThrowsAsync<KubernetesException>(() => client.PatchAsync<V1ConfigMap>("shared", ns, patch with { Force = false }));

        Assert.Equal([(".data.key", "conflict with \"somebody\"")], conflict.FieldConflicts);
        Assert.Equal("ours", (await client.PatchAsync<V1ConfigMap>("shared", ns, patch)).Data!["key"]);
    }

    [Theory]
    [OnEveryServer]
    public async Task RunAsync_ObjectsComeChangeAndGo_InformerFollows(string server)
    {
        var (client, ns) = await OpenAsync(server);
        await client.CreateAsync(ConfigMap(ns, "before", "1"));
        var host = new ControllerHost(client, new() { Namespace = ns }, TimeProvider.System, NullLoggerFactory.Instance).AddController(new ScriptedController());
        var informer = host.Informer<V1ConfigMap>();
        var told = Channel.CreateUnbounded<string>();
        informer.Subscribe(c => told.Writer.TryWrite($"{c.Object.Name()}: {c.Old?.Data?["key"]} -> {c.New?.Data?["key"]}"));
        using var stop = new CancellationTokenSource(Patience);
        await using var running = new RunningHost(host);
        Assert.Equal("before:  -> 1", await told.Reader.ReadAsync(stop.Token));

        await client.CreateAsync(ConfigMap(ns, "after", "1"));
        Assert.Equal("after:  -> 1", await told.Reader.ReadAsync(stop.Token));
        await client.PatchAsync<V1ConfigMap>("after", ns, new V1Patch(new JsonObject { ["data"] = new JsonObject { ["key"] = "2" } }));
        Assert.Equal("after: 1 -> 2", await told.Reader.ReadAsync(stop.Token));
        await client.DeleteAsync<V1ConfigMap>("before", ns);
        Assert.Equal("before: 1 -> ", await told.Reader.ReadAsync(stop.Token));

        Assert.Equal(["after"], informer.List(ns).Select(c => c.Name()));
    }

    /// <summary>The API server in memory lets every caller do everything.</summary>
    [RealServerTheory]
    [InlineData(Servers.Real)]
    public async Task AnyCall_AccountWithoutTheRight_NamesTheRuleThatAllowsIt(string server)
    {
        var api = await servers.OpenAsync(server);
        using var client = new KubernetesClient(servers.ConfigurationOf(server) with { AccessToken = await api.TokenAsync("robot") }, TimeProvider.System);

        var refusal = await Assert.ThrowsAsync<KubernetesException>(() => client.ListAsync<WorkerPool>(api.Namespace));

        Assert.Equal(HttpStatusCode.Forbidden, refusal.Code);
        Assert.EndsWith(
            """This RBAC rule would allow it: {apiGroups: ["hearth.dev"], resources: ["workerpools"], verbs: ["list"]}""", refusal.Message, StringComparison.Ordinal);
    }

    private async Task<(KubernetesClient Client, string Namespace)> OpenAsync(string server)
    {
        var api = await servers.OpenAsync(server);
        return (servers.ClientOf(server), api.Namespace);
    }

    private static V1ConfigMap ConfigMap(string ns, string name, string value) =>
        new() { Metadata = new() { Name = name, Namespace = ns }, Data = new Dictionary<string, string> { ["key"] = value } };

    private static JsonObject Pool(string ns, JsonObject rest)
    {
        rest["apiVersion"] = WorkerPool.Definition.ApiVersion;
        rest["kind"] = WorkerPool.Definition.Kind;
        rest["metadata"] = new JsonObject { ["name"] = "status", ["namespace"] = ns };
        return rest;
    }
}
