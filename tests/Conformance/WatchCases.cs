using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Watching: order, selection, resumption, bookmarks.</summary>
[Collection(Servers.Collection)]
public sealed class WatchCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Watch_WithoutVersion_BeginsWithWhatThereIs(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.CreateAsync(api.Widgets, Widgets.New("b"));

        using var watch = await api.WatchAsync(api.Widgets);

        Assert.Equal(["ADDED a", "ADDED b"], (await watch.NextNamesAsync(2)).Order());
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_FromAVersion_TellsWhatCameAfter(string server)
    {
        var api = await servers.OpenAsync(server);
        var version = (await api.CreateAsync(api.Widgets, Widgets.New("a"))).Version;
        await api.CreateAsync(api.Widgets, Widgets.New("b"));
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":2}}""");
        await api.DeleteAsync(api.Widgets + "/b");

        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={version}");

        Assert.Equal(["ADDED b", "MODIFIED a", "DELETED b"], await watch.NextNamesAsync(3));
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_Open_TellsChangesAsTheyCome(string server)
    {
        var api = await servers.OpenAsync(server);
        var version = (await api.GetAsync(api.Widgets)).Version;
        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={version}");

        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        Assert.Equal("ADDED a", await watch.NextNameAsync());
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":2}}""");
        Assert.Equal("MODIFIED a", await watch.NextNameAsync());
        await api.DeleteAsync(api.Widgets + "/a");
        Assert.Equal("DELETED a", await watch.NextNameAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_Deletion_CarriesTheVersionOfTheDeletion(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.DeleteAsync(api.Widgets + "/a");

        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={created.Version}");
        var deleted = await watch.NextAsync();

        Assert.Equal("DELETED", (string?)deleted!["type"]);
        Assert.True(long.Parse((string)deleted["object"]!["metadata"]!["resourceVersion"]!) > long.Parse(created.Version!));
        Assert.Equal(created.At("metadata.uid"), deleted["object"]!["metadata"]!["uid"]!.ToJsonString());
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_OfOneNamespace_SeesNoOther(string server)
    {
        var (api, other) = (await servers.OpenAsync(server), await servers.OpenAsync(server));
        var version = (await api.GetAsync(api.Widgets)).Version;
        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={version}");

        await other.CreateAsync(other.Widgets, Widgets.New("elsewhere"));
        await api.CreateAsync(api.Widgets, Widgets.New("here"));

        Assert.Equal("ADDED here", await watch.NextNameAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_OfAllNamespaces_SeesEach(string server)
    {
        var (api, other) = (await servers.OpenAsync(server), await servers.OpenAsync(server));
        var version = (await api.GetAsync(api.Widgets)).Version;
        using var watch = await api.WatchAsync($"/apis/conformance.hearth.dev/v1/widgets?resourceVersion={version}");

        await other.CreateAsync(other.Widgets, Widgets.New("x"));
        await api.CreateAsync(api.Widgets, Widgets.New("y"));

        Assert.Equal(["ADDED x", "ADDED y"], await watch.NextNamesAsync(2));
    }

    [Theory]
    [OnEveryServer("labelSelector=x%3D1")]
    [OnEveryServer("fieldSelector=spec.color%3DRed")]
    public async Task Watch_Selection_TurnsLeavingIntoDeletionAndEnteringIntoAddition(string server, string selector)
    {
        var api = await servers.OpenAsync(server);
        var version = (await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'labels':{'x':'1'}"))).Version;
        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={version}&{selector}");

        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"metadata":{"labels":{"x":"2"}},"spec":{"color":"Blue"}}""");
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"metadata":{"labels":{"y":"2"}}}""");
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"metadata":{"labels":{"x":"1"}},"spec":{"color":"Red"}}""");

        Assert.Equal(["DELETED a", "ADDED a"], await watch.NextNamesAsync(2));
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_OfOneName_SeesNoOther(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.CreateAsync(api.Widgets, Widgets.New("b"));
        using var watch = await api.WatchAsync($"{api.Widgets}?fieldSelector=metadata.name%3Db");

        await api.DeleteAsync(api.Widgets + "/a");
        await api.DeleteAsync(api.Widgets + "/b");

        Assert.Equal(["ADDED b", "DELETED b"], await watch.NextNamesAsync(2));
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_ItsTimeOver_Ends(string server)
    {
        var api = await servers.OpenAsync(server);
        using var watch = await api.WatchAsync($"{api.Widgets}?timeoutSeconds=1");

        Assert.Equal("end", await watch.NextNameAsync());
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_InitialEvents_EndWithABookmark(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        using var watch = await api.WatchAsync($"{api.Widgets}?sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

        Assert.Equal("ADDED", (string?)(await watch.NextAsync())!["type"]);
        var bookmark = await watch.NextAsync();

        Assert.Equal("BOOKMARK", (string?)bookmark!["type"]);
        Assert.Equal("true", (string?)bookmark["object"]!["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal("Widget", (string?)bookmark["object"]!["kind"]);
        Assert.Matches(@"^\d+$", (string?)bookmark["object"]!["metadata"]!["resourceVersion"]);
    }

    [Theory]
    [OnEveryServer("sendInitialEvents=true&allowWatchBookmarks=true", 422)]
    [OnEveryServer("labelSelector=a%20b", 400)]
    [OnEveryServer("fieldSelector=spec.size%3D1", 400)]
    public async Task Watch_Unfit_IsRefused(string server, string query, int code)
    {
        var api = await servers.OpenAsync(server);

        (await api.GetAsync($"{api.Widgets}?watch=true&{query}")).Is(code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_FromTheBeginningOfTime_IsGone(string server)
    {
        var api = await servers.OpenAsync(server);
        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion=1");

        var first = await watch.NextAsync();

        Assert.Equal(200, watch.Code);
        Assert.Equal("ERROR", (string?)first!["type"]);
        Assert.Equal((410, "Expired"), ((int)first["object"]!["code"]!, (string?)first["object"]!["reason"]));
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_AsTable_SendsColumnsOnce(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.CreateAsync(api.Widgets, Widgets.New("b"));
        using var watch = await api.WatchAsync(api.Widgets, "application/json;as=Table;v=v1;g=meta.k8s.io");

        var (first, second) = (await watch.NextAsync(), await watch.NextAsync());

        Assert.Equal("Table", (string?)first!["object"]!["kind"]);
        Assert.Equal("Name", (string?)first["object"]!["columnDefinitions"]![0]!["name"]);
        Assert.Null(second!["object"]!["columnDefinitions"] as JsonArray is { Count: > 0 } columns ? columns : null);
        Assert.Equal("b", (string?)second["object"]!["rows"]![0]!["cells"]![0]);
    }

    [Theory]
    [OnEveryServer]
    public async Task Watch_AsMetadata_SendsOnlyThat(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        using var watch = await api.WatchAsync(api.Widgets, "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");

        var seen = await watch.NextAsync();

        Assert.Equal(("PartialObjectMetadata", "a"), ((string?)seen!["object"]!["kind"], (string?)seen["object"]!["metadata"]!["name"]));
        Assert.Null(seen["object"]!["spec"]);
    }

    [Theory]
    [OnEveryServer]
    public async Task List_ThenWatch_LosesNothing(string server)
    {
        var api = await servers.OpenAsync(server);
        for (var i = 0; i < 5; i++)
            await api.CreateAsync(api.Widgets, Widgets.New($"w{i}"));
        var first = await api.GetAsync(api.Widgets + "?limit=2");
        await api.DeleteAsync(api.Widgets + "/w4");
        var second = await api.GetAsync($"{api.Widgets}?limit=10&continue={Uri.EscapeDataString((string)first.Body["metadata"]!["continue"]!)}");

        // Later pages show the list as of the first, and a watch from there tells the deletion.
        Assert.Equal(first.Version, second.Version);
        using var watch = await api.WatchAsync($"{api.Widgets}?resourceVersion={second.Version}");
        Assert.Equal("DELETED w4", await watch.NextNameAsync());
    }
}
