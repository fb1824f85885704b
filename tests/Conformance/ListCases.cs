using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Listing: selection, pages, forms.</summary>
[Collection(Servers.Collection)]
public sealed class ListCases(Servers servers)
{
    [Theory]
    [OnEveryServer("app=web", "a,b")]
    [OnEveryServer("app==web", "a,b")]
    [OnEveryServer("app!=web", "c,d")]
    [OnEveryServer("app in (web,db)", "a,b,c")]
    [OnEveryServer("app notin (web)", "c,d")]
    [OnEveryServer("app", "a,b,c")]
    [OnEveryServer("!app", "d")]
    [OnEveryServer("app=web,tier=gold", "a")]
    [OnEveryServer("tier in (gold),app", "a")]
    [OnEveryServer("tier=", "")]
    [OnEveryServer("rank>1", "b")]
    [OnEveryServer("rank<2", "a")]
    public async Task List_LabelSelector_Selects(string server, string selector, string names)
    {
        var api = await servers.OpenAsync(server);
        foreach (var (name, labels) in new[]
        {
            ("a", "'app':'web','tier':'gold','rank':'1'"), ("b", "'app':'web','rank':'2'"), ("c", "'app':'db'"), ("d", "'other':'x'"),
        })
            await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap(name, Objects.Quote($$""","labels":{{{labels}}}""")));

        var list = (await api.GetAsync($"{api.ConfigMaps}?labelSelector={Uri.EscapeDataString(selector)}")).Is(200);

        Assert.Equal(names, string.Join(',', list.Names));
    }

    [Theory]
    [OnEveryServer("metadata.name=b", "b")]
    [OnEveryServer("metadata.name!=b", "a,c")]
    [OnEveryServer("spec.color=Red", "a,c")]
    [OnEveryServer("spec.color=Red,metadata.name=c", "c")]
    [OnEveryServer("spec.color!=Red", "b")]
    public async Task List_FieldSelector_Selects(string server, string selector, string names)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.CreateAsync(api.Widgets, Objects.Json(Widgets.Text("b", "'color':'Blue'")));
        await api.CreateAsync(api.Widgets, Widgets.New("c"));

        var list = (await api.GetAsync($"{api.Widgets}?fieldSelector={Uri.EscapeDataString(selector)}")).Is(200);

        Assert.Equal(names, string.Join(',', list.Names));
    }

    [Theory]
    [OnEveryServer("labelSelector=a%20b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt")]
    [OnEveryServer("fieldSelector=spec.size%3D1", "field label not supported: spec.size")]
    [OnEveryServer("continue=nonsense", null)]
    [OnEveryServer("resourceVersion=x", null)]
    public async Task List_Unfit_IsRefused(string server, string query, string? message)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.GetAsync($"{api.Widgets}?{query}{(query.StartsWith("continue", StringComparison.Ordinal) ? "&limit=1" : "")}")).Is(400, "BadRequest");

        if (message is not null)
            Assert.Equal(message, answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task List_Pages_AddUpToTheList(string server)
    {
        var api = await servers.OpenAsync(server);
        for (var i = 0; i < 7; i++)
            await api.CreateAsync(api.Widgets, Widgets.New($"w{i}"));

        var names = new List<string>();
        string? next = null;
        var remaining = new List<string>();
        do
        {
            var page = (await api.GetAsync($"{api.Widgets}?limit=3{(next is null ? "" : $"&continue={Uri.EscapeDataString(next)}")}")).Is(200);
            names.AddRange(page.Names);
            remaining.Add(page.At("metadata.remainingItemCount"));
            next = (string?)page.Body["metadata"]!["continue"];
        }
        while (!string.IsNullOrEmpty(next));

        Assert.Equal(["w0", "w1", "w2", "w3", "w4", "w5", "w6"], names);
        Assert.Equal(["4", "1", "absent"], remaining);
    }

    [Theory]
    [OnEveryServer]
    public async Task List_Always_NamesKindAndVersion(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var list = (await api.GetAsync(api.Widgets)).Is(200);

        Assert.Equal(("\"WidgetList\"", "\"conformance.hearth.dev/v1\""), (list.At("kind"), list.At("apiVersion")));
        Assert.Matches(@"^\d+$", list.Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task List_AbsentNamespace_IsEmpty(string server)
    {
        var api = await servers.OpenAsync(server);

        Assert.Empty((await api.GetAsync("/api/v1/namespaces/absent/configmaps")).Is(200).Names);
    }

    [Theory]
    [OnEveryServer]
    public async Task List_AllNamespaces_HasEach(string server)
    {
        var (api, other) = (await servers.OpenAsync(server), await servers.OpenAsync(server));
        await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap("everywhere"));
        await other.CreateAsync(other.ConfigMaps, Objects.ConfigMap("everywhere"));

        var list = (await api.GetAsync("/api/v1/configmaps?fieldSelector=metadata.name%3Deverywhere")).Is(200);

        Assert.Subset(
            ((JsonArray)list.Body["items"]!).Select(i => (string?)i!["metadata"]!["namespace"]).ToHashSet(),
            new HashSet<string?> { api.Namespace, other.Namespace });
    }

    [Theory]
    [OnEveryServer]
    public async Task List_AsMetadata_HasNoSpec(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var list = (await api.GetAsync(api.Widgets, "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io")).Is(200);

        Assert.Equal(("\"PartialObjectMetadataList\"", "\"meta.k8s.io/v1\""), (list.At("kind"), list.At("apiVersion")));
        Assert.Equal("\"a\"", list.At("items.0.metadata.name"));
        Assert.Equal("absent", list.At("items.0.spec"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Get_AsMetadata_HasNoSpec(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var got = (await api.GetAsync(api.Widgets + "/a", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io")).Is(200);

        Assert.Equal(("\"PartialObjectMetadata\"", "\"meta.k8s.io/v1\"", "\"a\"", "absent"),
            (got.At("kind"), got.At("apiVersion"), got.At("metadata.name"), got.At("spec")));
    }

    [Theory]
    [OnEveryServer("", "Name,Color,Size,Note,Ready,Age")]
    public async Task List_AsTable_HasTheKindsColumns(string server, string query, string columns)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", ",'note':'n'"));
        await api.PatchAsync(api.Widgets + "/a/status", Api.Merge, """{"status":{"conditions":[{"type":"Ready","status":"True"}]}}""");

        var table = (await api.GetAsync(api.Widgets + query, "application/json;as=Table;v=v1;g=meta.k8s.io")).Is(200);

        Assert.Equal(columns, string.Join(',', ((JsonArray)table.Body["columnDefinitions"]!).Select(c => c!["name"])));
        Assert.Equal(["0", "0", "0", "1", "0", "0"], ((JsonArray)table.Body["columnDefinitions"]!).Select(c => c!["priority"]!.ToJsonString()));
        Assert.Equal(["\"a\"", "\"Red\"", "1", "\"n\"", "\"True\""], ((JsonArray)table.Body["rows"]![0]!["cells"]!).Take(5).Select(c => c!.ToJsonString()));
        Assert.Equal("\"PartialObjectMetadata\"", table.At("rows.0.object.kind"));
    }

    [Theory]
    [OnEveryServer("None", "absent")]
    [OnEveryServer("Metadata", "\"PartialObjectMetadata\"")]
    [OnEveryServer("Object", "\"Widget\"")]
    public async Task List_AsTable_CarriesWhatIsAskedFor(string server, string include, string kind)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var table = (await api.GetAsync($"{api.Widgets}?includeObject={include}", "application/json;as=Table;v=v1;g=meta.k8s.io")).Is(200);

        Assert.Equal(kind, table.At("rows.0.object.kind"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Get_AsTable_IsOneRow(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var table = (await api.GetAsync(api.Widgets + "/a", "application/json;as=Table;v=v1;g=meta.k8s.io")).Is(200);

        Assert.Equal("\"a\"", table.At("rows.0.cells.0"));
    }
}
