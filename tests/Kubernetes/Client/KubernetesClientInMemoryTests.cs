using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Api.WorkerPools;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.InMemory;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.Client;

/// <summary>The client against the API server in memory, over a real socket.</summary>
public sealed class KubernetesClientInMemoryTests(ApiServerFixture server) : IClassFixture<ApiServerFixture>, IDisposable
{
    private readonly KubernetesClient _client = new(
        new KubernetesClientConfiguration { Host = server.BaseUri.AbsoluteUri, AccessToken = server.Token }, TimeProvider.System);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Object_FromCreationToDeletion_IsWhatWasWritten()
    {
        var created = await _client.CreateAsync(new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "life", Namespace = "default" },
            Data = new Dictionary<string, string> { ["a"] = "1" },
        });
        var updated = await _client.UpdateAsync(created with { Data = new Dictionary<string, string> { ["a"] = "2" } });
        var conflict = await Assert.ThrowsAsync<KubernetesException>(() => _client.UpdateAsync(created));
        var patched = await _client.PatchAsync<V1ConfigMap>(
            "life", "default", new V1Patch(new JsonObject { ["data"] = new JsonObject { ["b"] = "3" } }));

        Assert.True(conflict is { IsConflict: true, IsAlreadyExists: false });
        Assert.NotEqual(created.Metadata.ResourceVersion, updated.Metadata.ResourceVersion);
        Assert.Equal("2", patched.Data!["a"]);
        Assert.Equal("3", (await _client.GetAsync<V1ConfigMap>("life", "default"))!.Data!["b"]);
        Assert.True(await _client.DeleteAsync<V1ConfigMap>("life", "default"));
        Assert.False(await _client.DeleteAsync<V1ConfigMap>("life", "default"));
        Assert.Null(await _client.GetAsync<V1ConfigMap>("life", "default"));
    }

    [Fact]
    public async Task CreateAsync_NameTaken_IsAlreadyExists()
    {
        var entity = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "taken", Namespace = "default" } };
        await _client.CreateAsync(entity);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => _client.CreateAsync(entity));

        Assert.True(error.IsAlreadyExists);
    }

    [Fact]
    public async Task ApplyAsync_Status_LeavesTheSpecAlone()
    {
        await _client.ApplyAsync<WorkerPool>(Pool("status", new JsonObject { ["spec"] = new JsonObject { ["image"] = "worker:1" } }));
        await _client.ApplyAsync<WorkerPool>(Pool("status", new JsonObject { ["status"] = new JsonObject { ["idle"] = 3 } }), "status");

        var pool = await _client.GetAsync<WorkerPool>("status", "default");

        Assert.Equal(("worker:1", 3), (pool!.Spec.Image, pool.Status!.Idle));
    }

    [Fact]
    public async Task ListAsync_MoreThanAPage_ReturnsAllOfTheSelected()
    {
        for (var i = 0; i < 5; i++)
        {
            await _client.CreateAsync(new V1ConfigMap
            {
                Metadata = new V1ObjectMeta { Name = $"page-{i}", Namespace = "default", Labels = new Dictionary<string, string> { ["page"] = $"{i % 2}" } },
            });
        }

        var list = await _client.ListAsync<V1ConfigMap>("default", new ListOptions { Limit = 2, LabelSelector = "page in (0)" });

        Assert.Equal(["page-0", "page-2", "page-4"], list.Items.Select(i => i.Name()).Order());
    }

    [Fact]
    public async Task WatchAsync_AfterAList_SeesEveryLaterChange()
    {
        var options = new ListOptions { LabelSelector = "watched=yes" };
        var list = await _client.ListAsync<V1ConfigMap>("default", options);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var watch = _client.WatchAsync<V1ConfigMap>("default", options with { ResourceVersion = list.ResourceVersion }, patience.Token);
        var seen = watch.Take(3).Select(e => e.Type).ToListAsync(patience.Token);

        await _client.CreateAsync(new V1ConfigMap
        {
            Metadata = new V1ObjectMeta { Name = "watched", Namespace = "default", Labels = new Dictionary<string, string> { ["watched"] = "yes" } },
        });
        await _client.PatchAsync<V1ConfigMap>("watched", "default", new V1Patch(new JsonObject { ["data"] = new JsonObject { ["a"] = "1" } }));
        await _client.DeleteAsync<V1ConfigMap>("watched", "default");

        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Deleted], await seen);
    }

    [Fact]
    public async Task AnyCall_WrongToken_IsRefused()
    {
        using var stranger = new KubernetesClient(
            new KubernetesClientConfiguration { Host = server.BaseUri.AbsoluteUri, AccessToken = "wrong" }, TimeProvider.System);

        var error = await Assert.ThrowsAsync<KubernetesException>(() => stranger.ListAsync<V1Pod>(null));

        Assert.Equal(HttpStatusCode.Unauthorized, error.Code);
    }

    [Fact]
    public async Task BuildConfigFromConfigFile_KubeconfigOfTheServer_Authenticates()
    {
        await using var own = await InMemoryApiServer.StartAsync(
            new InMemoryApiServerOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, own.Kubeconfig());
            using var client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(file), TimeProvider.System);

            Assert.NotNull(await client.GetAsync<V1Namespace>("default", null));
            Assert.DoesNotContain(own.Token, client.BaseUri.AbsoluteUri, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static JsonObject Pool(string name, JsonObject rest)
    {
        rest["apiVersion"] = WorkerPool.Definition.ApiVersion;
        rest["kind"] = WorkerPool.Definition.Kind;
        rest["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = "default" };
        return rest;
    }
}
