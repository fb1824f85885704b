using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Server-side apply: who owns what, and what happens when two want different things.</summary>
[Collection(Servers.Collection)]
public sealed class ApplyCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Apply_New_CreatesAndOwns(string server)
    {
        var api = await servers.OpenAsync(server);

        var created = (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red','parts':[{'name':'p'}]"))).Is(201);

        Assert.Equal(["one Apply"], Managers(created));
        Assert.Equal("\"conformance.hearth.dev/v1\"", created.At("metadata.managedFields.0.apiVersion"));
        Assert.Equal("\"FieldsV1\"", created.At("metadata.managedFields.0.fieldsType"));
        Assert.Equal("{}", created.At("metadata.managedFields.0.fieldsV1.f:spec.f:color"));
        Assert.Equal("{}", At(created.Body["metadata"]!["managedFields"]![0]!["fieldsV1"]!, "f:spec", "f:parts", "k:{\"name\":\"p\"}", "f:name"));
        Assert.Equal("{}", At(created.Body["metadata"]!["managedFields"]![0]!["fieldsV1"]!, "f:spec", "f:parts", "k:{\"name\":\"p\"}", "."));
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_Again_ChangesNothing(string server)
    {
        var api = await servers.OpenAsync(server);
        var text = Widgets.Text("a", "'color':'Red','size':4,'tags':['x']");
        var created = (await api.ApplyAsync(api.Widgets + "/a", "one", text)).Is(201);

        var again = (await api.ApplyAsync(api.Widgets + "/a", "one", text)).Is(200);

        Assert.Equal(created.Body.ToJsonString(), again.Body.ToJsonString());
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_FieldOfAnother_IsAConflictThatNamesIt(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red','size':4"));

        var answer = await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Blue','size':5"));

        answer.Is(409, "Conflict");
        Assert.Equal(
            ["FieldManagerConflict .spec.color: conflict with \"one\"", "FieldManagerConflict .spec.size: conflict with \"one\""], answer.Causes);
        Assert.StartsWith("Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.color\n- .spec.size", answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_OneConflict_IsToldInOneLine(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"));

        (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Blue'")))
            .Is(409, "Conflict", "Apply failed with 1 conflict: conflict with \"one\": .spec.color");
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_OverAnUpdate_NamesManagerAndVersion(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.PostAsync(api.Widgets + "?fieldManager=maker", Widgets.New("a"));

        var answer = (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Blue'"))).Is(409, "Conflict");

        Assert.Equal("FieldManagerConflict .spec.color: conflict with \"maker\" using conformance.hearth.dev/v1", Timeless(answer.Causes.Single()));
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_Forced_TakesTheField(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red','size':4"));

        var taken = (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Blue'"), "&force=true")).Is(200);

        Assert.Equal("\"Blue\"", taken.At("spec.color"));
        Assert.Equal("absent", taken.At("metadata.managedFields.0.fieldsV1.f:spec.f:color"));
        Assert.Equal("{}", taken.At("metadata.managedFields.1.fieldsV1.f:spec.f:color"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_ForcedEverything_RemovesTheOtherManager(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"));

        Assert.Equal(["two Apply"], Managers(await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Blue'"), "&force=true")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_SameValue_IsShared(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red','text':'abc'"));
        var shared = (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Red','text':'abc'"))).Is(200);
        Assert.Equal(["one Apply", "two Apply"], Managers(shared));

        // One lets go: the other still holds it.
        var held = (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"))).Is(200);
        Assert.Equal("\"abc\"", held.At("spec.text"));

        // Both have let go: nobody wants it.
        Assert.Equal("absent", (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", "'color':'Red'"))).Is(200).At("spec.text"));
    }

    [Theory]
    [OnEveryServer("'text':'abc'", "spec.text", "absent")]
    [OnEveryServer("'size':4", "spec.size", "1")]
    [OnEveryServer("'limits':{'cpu':'1'}", "spec.limits", "absent")]
    [OnEveryServer("'parts':[{'name':'p'}]", "spec.parts", "absent")]
    [OnEveryServer("'tags':['x']", "spec.tags", "absent")]
    public async Task Apply_WithoutWhatItWanted_RemovesIt(string server, string spec, string path, string left)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", $"'color':'Red',{spec}"));

        Assert.Equal(left, (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"))).Is(200).At(path));
    }

    [Theory]
    [OnEveryServer("'parts':[{'name':'p','image':'i'}]", "'parts':[{'name':'q'}]", "spec.parts", "2")]
    [OnEveryServer("'tags':['x','y']", "'tags':['y','z']", "spec.tags", "3")]
    [OnEveryServer("'limits':{'a':'1'}", "'limits':{'b':'2'}", "spec.limits", "2")]
    [OnEveryServer("'nested':{'mode':'m'}", "'nested':{'depth':9}", "spec.nested", "2")]
    public async Task Apply_ByTwo_IsMergedByKey(string server, string first, string second, string path, string count)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", $"'color':'Red',{first}"));

        var merged = (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", second))).Is(200);

        var value = JsonNode.Parse(merged.At(path));
        Assert.Equal(count, $"{(value as JsonArray)?.Count ?? ((JsonObject)value!).Count}");
    }

    [Theory]
    [OnEveryServer("'steps':['x']", "'steps':['y']", ".spec.steps")]
    [OnEveryServer("'whole':{'a':'1'}", "'whole':{'b':'2'}", ".spec.whole")]
    [OnEveryServer("'parts':[{'name':'p','image':'i'}]", "'parts':[{'name':'p','image':'j'}]", ".spec.parts[name=\"p\"].image")]
    [OnEveryServer("'limits':{'a':'1'}", "'limits':{'a':'2'}", ".spec.limits.a")]
    public async Task Apply_WhatIsOneValue_Conflicts(string server, string first, string second, string path)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", $"'color':'Red',{first}"));

        var answer = (await api.ApplyAsync(api.Widgets + "/a", "two", Widgets.Text("a", second))).Is(409, "Conflict");

        Assert.Equal([$"FieldManagerConflict {path}: conflict with \"one\""], answer.Causes);
    }

    [Theory]
    [OnEveryServer]
    public async Task Update_OfAnAppliedField_TakesIt(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red','size':4"));

        var patched = (await api.PatchAsync(api.Widgets + "/a?fieldManager=edit", Api.Merge, """{"spec":{"size":5}}""")).Is(200);

        Assert.Equal(["edit Update", "one Apply"], Managers(patched));
        Assert.Equal("absent", patched.At("metadata.managedFields.0.fieldsV1.f:spec.f:size"));
    }

    [Theory]
    [OnEveryServer]
    public async Task ApplyStatus_OwnsOnlyTheStatus(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"));

        var applied = (await api.ApplyAsync(api.Widgets + "/a/status", "two", Objects.Quote(
            "{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'a'},'status':{'conditions':[{'type':'Ready','status':'True'}]}}"))).Is(200);

        Assert.Equal("\"True\"", applied.At("status.conditions.0.status"));
        Assert.Equal(["one Apply", "two Apply status"], Managers(applied));
    }

    [Theory]
    [OnEveryServer]
    public async Task ApplyStatus_OfAnAbsentObject_IsNotFound(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.ApplyAsync(api.Widgets + "/none/status", "two", Widgets.Text("none", "'color':'Red'"))).Is(404, "NotFound");
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_WithoutManager_IsInvalid(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.PatchAsync(api.Widgets + "/a", Api.Apply, Widgets.Text("a", "'color':'Red'"))).Is(422, "Invalid");

        Assert.Equal("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch", answer.Message);
    }

    [Theory]
    [OnEveryServer("{'kind':'Widget','metadata':{'name':'a'},'spec':{'color':'Red'}}", 400)]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'b'},'spec':{'color':'Red'}}", 400)]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'a','managedFields':[{'manager':'x'}]},'spec':{'color':'Red'}}", 400)]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'a'},'spec':{'color':'Pink'}}", 422)]
    [OnEveryServer("]", 400)]
    public async Task Apply_Unfit_IsRefused(string server, string body, int code)
    {
        var api = await servers.OpenAsync(server);

        (await api.ApplyAsync(api.Widgets + "/a", "one", Objects.Quote(body))).Is(code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_DryRun_StoresNothing(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"), "&dryRun=All")).Is(201);
        (await api.GetAsync(api.Widgets + "/a")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_Yaml_IsRead(string server)
    {
        var api = await servers.OpenAsync(server);

        var created = await api.ApplyAsync(api.Widgets + "/a", "one", """
            apiVersion: conformance.hearth.dev/v1
            kind: Widget
            metadata: {name: a}
            spec:
              color: Green
            """);

        Assert.Equal("\"Green\"", created.Is(201).At("spec.color"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_WithAnOldVersion_IsAConflict(string server)
    {
        var api = await servers.OpenAsync(server);
        var old = (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Red'"))).Is(201).Version;
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":5}}""");

        (await api.ApplyAsync(api.Widgets + "/a", "one", Widgets.Text("a", "'color':'Blue'", $",'resourceVersion':'{old}'"))).Is(409, "Conflict");
    }

    [Theory]
    [OnEveryServer]
    public async Task Apply_OfABuiltIn_MergesItsLists(string server)
    {
        var api = await servers.OpenAsync(server);
        const string Service = "{'apiVersion':'v1','kind':'Service','metadata':{'name':'s'},'spec':{'clusterIP':'None','ports':[{'name':'NAME','port':PORT}]}}";
        await api.ApplyAsync(api.Core("services/s"), "one", Objects.Quote(Service.Replace("NAME", "http").Replace("PORT", "80")));

        var merged = await api.ApplyAsync(api.Core("services/s"), "two", Objects.Quote(Service.Replace("NAME", "https").Replace("PORT", "443")));

        Assert.Equal(2, ((JsonArray)merged.Is(200).Body["spec"]!["ports"]!).Count);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_Always_RecordsWhoDidIt(string server)
    {
        var api = await servers.OpenAsync(server);

        var named = (await api.PostAsync(api.Widgets + "?fieldManager=maker", Widgets.New("a"))).Is(201);
        var unnamed = await api.CreateAsync(api.Widgets, Widgets.New("b"));

        Assert.Equal(["maker Update"], Managers(named));
        Assert.Equal(["conformance Update"], Managers(unnamed));
        Assert.Equal("{}", named.At("metadata.managedFields.0.fieldsV1.f:spec.f:color"));
    }

    private static IEnumerable<string> Managers(Answer answer) => ((JsonArray)answer.Body["metadata"]!["managedFields"]!)
        .Select(m => $"{m!["manager"]} {m["operation"]} {m["subresource"]}".Trim()).Order(StringComparer.Ordinal);

    private static string At(JsonNode node, params string[] path) =>
        path.Aggregate((JsonNode?)node, (n, name) => n?[name])?.ToJsonString() ?? "absent";

    // A conflict with an update may say when that was.
    private static string Timeless(string cause) => System.Text.RegularExpressions.Regex.Replace(cause, " at .*", "");
}
