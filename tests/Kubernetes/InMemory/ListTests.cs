using System.Text.Json.Nodes;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

public sealed class ListTests : IAsyncLifetime
{
    private readonly ApiServerFixture _server = new();
    private ApiClient _api = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _api = new(_server);
        foreach (var name in new[] { "c", "a", "b", "e", "d" })
            await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap(name));
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task List_All_IsOrderedAndVersioned()
    {
        var (_, list) = await _api.GetAsync(ApiClient.ConfigMaps);

        Assert.Equal("ConfigMapList", list["kind"]!.ToString());
        Assert.Equal("abcde", Names(list));
        Assert.True(long.Parse(list["metadata"]!["resourceVersion"]!.ToString()) > 0);
    }

    [Fact]
    public async Task List_WithLimit_GoesOnFromTheTokenUnderTheVersionOfTheFirstPage()
    {
        var (_, first) = await _api.GetAsync(ApiClient.ConfigMaps + "?limit=2");
        await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap("ab"));
        await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap("ca"));
        var token = Uri.EscapeDataString(first["metadata"]!["continue"]!.ToString());

        var (_, rest) = await _api.GetAsync($"{ApiClient.ConfigMaps}?limit=10&continue={token}");

        Assert.Equal(("ab", 3), (Names(first), (int)first["metadata"]!["remainingItemCount"]!));
        Assert.Equal("ccade", Names(rest));
        Assert.Equal(first["metadata"]!["resourceVersion"]!.ToString(), rest["metadata"]!["resourceVersion"]!.ToString());
        Assert.Null(rest["metadata"]!["continue"]);
    }

    [Fact]
    public async Task List_ForgedToken_IsABadRequest() => Assert.Equal(400, (await _api.GetAsync(ApiClient.ConfigMaps + "?continue=abc")).Code);

    [Fact]
    public async Task List_OverAllNamespaces_HasThemAll()
    {
        await _api.CreateAsync("/api/v1/namespaces/kube-system/configmaps", Objects.NewConfigMap("a"));

        var (_, all) = await _api.GetAsync("/api/v1/configmaps");
        var (_, one) = await _api.GetAsync("/api/v1/configmaps?fieldSelector=metadata.namespace=kube-system");

        Assert.Equal("abcdea", Names(all));
        Assert.Equal("a", Names(one));
    }

    [Fact]
    public async Task List_AsTable_HasRowsAndColumns()
    {
        var (_, table) = await _api.GetAsync(ApiClient.ConfigMaps, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");

        Assert.Equal("Table", table["kind"]!.ToString());
        Assert.Equal(["a", "b", "c", "d", "e"], table["rows"]!.AsArray().Select(r => r!["cells"]![0]!.ToString()));
        Assert.Equal("PartialObjectMetadata", table["rows"]![0]!["object"]!["kind"]!.ToString());
    }

    [Fact]
    public async Task DeleteCollection_WithSelector_DeletesWhatItSelects()
    {
        await _api.PatchAsync(ApiClient.ConfigMaps + "/b", ApiClient.MergePatch, """{"metadata":{"labels":{"x":"y"}}}""");

        var (_, deleted) = await _api.DeleteAsync(ApiClient.ConfigMaps + "?labelSelector=x%3Dy");

        Assert.Equal("b", Names(deleted));
        Assert.Equal("acde", Names((await _api.GetAsync(ApiClient.ConfigMaps)).Body));
    }

    private static string Names(JsonObject list) => string.Concat(list["items"]!.AsArray().Select(i => i!["metadata"]!["name"]!.ToString()));
}
