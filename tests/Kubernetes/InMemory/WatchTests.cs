using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

public sealed class WatchTests : IAsyncLifetime
{
    private const string Watch = ApiClient.ConfigMaps + "?watch=true";
    private readonly ManualTimeProvider _time = new();
    private readonly ApiServerFixture _server;
    private ApiClient _api = null!;

    public WatchTests() => _server = new() { Time = _time };

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _api = new(_server);
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Watch_WithoutVersion_StartsWithWhatIsThere()
    {
        await CreateAsync("a");
        using var watch = await WatchStream.OpenAsync(_server, Watch);

        Assert.Equal("ADDED a", await watch.NextNameAsync());
        await CreateAsync("b");
        Assert.Equal("ADDED b", await watch.NextNameAsync());
        await _api.PatchAsync(ApiClient.ConfigMaps + "/a", ApiClient.MergePatch, """{"data":{"key":"2"}}""");
        Assert.Equal("MODIFIED a", await watch.NextNameAsync());
        await _api.DeleteAsync(ApiClient.ConfigMaps + "/a");
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_FromAVersion_ResumesAfterIt()
    {
        var version = (await CreateAsync("a"))["metadata"]!["resourceVersion"]!.ToString();
        await CreateAsync("b");

        using var watch = await WatchStream.OpenAsync(_server, $"{Watch}&resourceVersion={version}");

        Assert.Equal("ADDED b", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_DeletedObject_CarriesTheVersionOfItsDeletion()
    {
        var created = await CreateAsync("a");
        using var watch = await WatchStream.OpenAsync(_server, $"{Watch}&resourceVersion={created["metadata"]!["resourceVersion"]}");

        await _api.DeleteAsync(ApiClient.ConfigMaps + "/a");
        var deleted = await watch.NextAsync();

        Assert.True(long.Parse(deleted!["object"]!["metadata"]!["resourceVersion"]!.ToString()) > long.Parse(created["metadata"]!["resourceVersion"]!.ToString()));
    }

    [Fact]
    public async Task Watch_WithSelector_AddsAndDeletesAsObjectsEnterAndLeave()
    {
        using var watch = await WatchStream.OpenAsync(_server, Watch + "&labelSelector=state%3Didle");
        await CreateAsync("a");
        await LabelAsync("idle");
        await LabelAsync("claimed");
        await LabelAsync("idle");

        Assert.Equal("ADDED a", await watch.NextNameAsync());
        Assert.Equal("DELETED a", await watch.NextNameAsync());
        Assert.Equal("ADDED a", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_FieldSelectorOverAllNamespaces_SeesOnlyItsObject()
    {
        using var watch = await WatchStream.OpenAsync(_server, "/api/v1/configmaps?watch=1&fieldSelector=metadata.name%3Db");
        await CreateAsync("a");
        await CreateAsync("b");

        Assert.Equal("ADDED b", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_TooOldVersion_IsGone()
    {
        await using var server = await StartWithHistoryAsync(1);
        var api = new ApiClient(server.Server);
        for (var i = 0; i < 3; i++)
            await api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap($"c{i}"));

        var (code, change) = await api.GetAsync(Watch + "&resourceVersion=1");

        Assert.Equal((200, "ERROR"), (code, change["type"]!.ToString()));
        Assert.Equal((410, "Expired"), ((int)change["object"]!["code"]!, change["object"]!["reason"]!.ToString()));
    }

    [Fact]
    public async Task Watch_TimeoutSeconds_EndsTheStream()
    {
        using var watch = await WatchStream.OpenAsync(_server, Watch + "&timeoutSeconds=5&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        Assert.StartsWith("BOOKMARK", await watch.NextNameAsync(), StringComparison.Ordinal);

        _time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("end", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Watch_WithBookmarks_SendsTheVersionEveryMinute()
    {
        using var watch = await WatchStream.OpenAsync(_server, Watch + "&allowWatchBookmarks=true");
        var created = await CreateAsync("a");
        Assert.Equal("ADDED a", await watch.NextNameAsync());

        _time.Advance(TimeSpan.FromMinutes(1));
        var bookmark = await watch.NextAsync();

        Assert.Equal("BOOKMARK", bookmark!["type"]!.ToString());
        Assert.Equal(created["metadata"]!["resourceVersion"]!.ToString(), bookmark["object"]!["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task Watch_SendInitialEvents_EndsThemWithABookmark()
    {
        await CreateAsync("a");
        using var watch = await WatchStream.OpenAsync(
            _server, Watch + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        Assert.Equal("ADDED a", await watch.NextNameAsync());
        var bookmark = await watch.NextAsync();
        Assert.Equal("true", bookmark!["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]!.ToString());
    }

    [Fact]
    public async Task Watch_AsTable_DescribesColumnsOnce()
    {
        using var watch = await WatchStream.OpenAsync(_server, Watch, "application/json;as=Table;v=v1;g=meta.k8s.io");
        await CreateAsync("a");
        await CreateAsync("b");

        var first = await watch.NextAsync();
        var second = await watch.NextAsync();

        Assert.Equal("a", first!["object"]!["rows"]![0]!["cells"]![0]!.ToString());
        Assert.NotEmpty(first["object"]!["columnDefinitions"]!.AsArray());
        Assert.Empty(second!["object"]!["columnDefinitions"]!.AsArray());
    }

    [Fact]
    public async Task Dispose_WithOpenWatch_EndsIt()
    {
        var server = await StartWithHistoryAsync(10);
        using var watch = await WatchStream.OpenAsync(server.Server, Watch + "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
        await watch.NextAsync();

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Null(await watch.NextAsync());
    }

    private static async Task<OwnServer> StartWithHistoryAsync(int length)
    {
        var server = new ApiServerFixture { Options = new() { WatchHistory = length } };
        await server.InitializeAsync();
        return new(server);
    }

    private Task<System.Text.Json.Nodes.JsonObject> CreateAsync(string name) => _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap(name));

    private async Task LabelAsync(string state) =>
        await _api.PatchAsync(ApiClient.ConfigMaps + "/a", ApiClient.MergePatch, $$"""{"metadata":{"labels":{ "state": "{{state}}" } } }""");

    private sealed record OwnServer(ApiServerFixture Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
