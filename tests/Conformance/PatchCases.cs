namespace Hearth.Conformance.Tests;

/// <summary>JSON merge patch, JSON patch and strategic merge patch.</summary>
[Collection(Servers.Collection)]
public sealed class PatchCases(Servers servers)
{
    [Theory]
    [OnEveryServer("{'spec':{'size':7}}", "spec.size", "7")]
    [OnEveryServer("{'spec':{'text':null}}", "spec.text", "absent")]
    [OnEveryServer("{'spec':{'size':null}}", "spec.size", "1")]
    [OnEveryServer("{'spec':{'tags':['z']}}", "spec.tags", "[\"z\"]")]
    [OnEveryServer("{'spec':{'parts':[{'name':'q'}]}}", "spec.parts.0.name", "\"q\"")]
    [OnEveryServer("{'spec':{'free':{'a':{'b':1}}}}", "spec.free", "{\"a\":{\"b\":1}}")]
    [OnEveryServer("{'metadata':{'labels':{'x':null,'n':'1'}}}", "metadata.labels", "{\"n\":\"1\"}")]
    [OnEveryServer("{'metadata':{'labels':null}}", "metadata.labels", "absent")]
    [OnEveryServer("{'status':{'phase':'Done'}}", "status", "absent")]
    public async Task Merge_Always_MergesObjectsAndReplacesTheRest(string server, string patch, string path, string value)
    {
        var api = await OpenAsync(server);

        Assert.Equal(value, (await api.PatchAsync(api.Widgets + "/a", Api.Merge, Objects.Quote(patch))).Is(200).At(path));
    }

    [Theory]
    [OnEveryServer("[{'op':'add','path':'/spec/size','value':7}]", "spec.size", "7")]
    [OnEveryServer("[{'op':'replace','path':'/spec/color','value':'Blue'}]", "spec.color", "\"Blue\"")]
    [OnEveryServer("[{'op':'remove','path':'/spec/text'}]", "spec.text", "absent")]
    [OnEveryServer("[{'op':'add','path':'/spec/tags/-','value':'z'}]", "spec.tags", "[\"x\",\"y\",\"z\"]")]
    [OnEveryServer("[{'op':'add','path':'/spec/tags/0','value':'z'}]", "spec.tags", "[\"z\",\"x\",\"y\"]")]
    [OnEveryServer("[{'op':'remove','path':'/spec/tags/0'}]", "spec.tags", "[\"y\"]")]
    [OnEveryServer("[{'op':'copy','from':'/spec/text','path':'/spec/note'}]", "spec.note", "\"abc\"")]
    [OnEveryServer("[{'op':'move','from':'/spec/text','path':'/spec/note'}]", "spec.note", "\"abc\"")]
    [OnEveryServer("[{'op':'test','path':'/spec/text','value':'abc'},{'op':'add','path':'/spec/size','value':8}]", "spec.size", "8")]
    [OnEveryServer("[{'op':'add','path':'/metadata/annotations','value':{'a/b':'1'}},{'op':'replace','path':'/metadata/annotations/a~1b','value':'2'}]", "metadata.annotations.a/b", "\"2\"")]
    public async Task JsonPatch_EachOperation_DoesWhatItSays(string server, string patch, string path, string value)
    {
        var api = await OpenAsync(server);

        Assert.Equal(value, (await api.PatchAsync(api.Widgets + "/a", Api.JsonPatch, Objects.Quote(patch))).Is(200).At(path));
    }

    [Theory]
    [OnEveryServer("[{'op':'test','path':'/spec/text','value':'zzz'}]", 422)]
    [OnEveryServer("[{'op':'remove','path':'/spec/absent'}]", 422)]
    [OnEveryServer("[{'op':'replace','path':'/spec/absent/deep','value':1}]", 422)]
    [OnEveryServer("[{'op':'add','path':'/spec/tags/9','value':'z'}]", 422)]
    [OnEveryServer("{'op':'remove','path':'/spec/text'}", 400)]
    [OnEveryServer("nonsense", 400)]
    public async Task JsonPatch_ThatCannotBeDone_ChangesNothing(string server, string patch, int code)
    {
        var api = await OpenAsync(server);
        var before = (await api.GetAsync(api.Widgets + "/a")).Version;

        (await api.PatchAsync(api.Widgets + "/a", Api.JsonPatch, Objects.Quote(patch))).Is(code);
        Assert.Equal(before, (await api.GetAsync(api.Widgets + "/a")).Version);
    }

    [Theory]
    [OnEveryServer(Api.Merge, "[1]", 400)]
    [OnEveryServer(Api.Merge, "{'spec':", 400)]
    [OnEveryServer(Api.Merge, "{'spec':{'size':500}}", 422)]
    [OnEveryServer(Api.Merge, "{'metadata':{'name':'b'}}", 400)]
    [OnEveryServer(Api.Merge, "{'metadata':{'resourceVersion':'1'}}", 409)]
    [OnEveryServer(Api.Strategic, "{'spec':{'size':5}}", 415)]
    [OnEveryServer("application/json", "{'spec':{'size':5}}", 415)]
    public async Task Patch_Unfit_IsRefused(string server, string type, string patch, int code)
    {
        var api = await OpenAsync(server);

        (await api.PatchAsync(api.Widgets + "/a", type, Objects.Quote(patch))).Is(code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Patch_Absent_IsNotFound(string server)
    {
        var api = await OpenAsync(server);

        (await api.PatchAsync(api.Widgets + "/none", Api.Merge, "{}")).Is(404, "NotFound");
    }

    [Theory]
    [OnEveryServer]
    public async Task Patch_ThatChangesNothing_KeepsTheVersion(string server)
    {
        var api = await OpenAsync(server);
        var before = (await api.GetAsync(api.Widgets + "/a")).Version;

        Assert.Equal(before, (await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"text":"abc"}}""")).Is(200).Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task Patch_DryRun_StoresNothing(string server)
    {
        var api = await OpenAsync(server);

        Assert.Equal("7", (await api.PatchAsync(api.Widgets + "/a?dryRun=All", Api.Merge, """{"spec":{"size":7}}""")).Is(200).At("spec.size"));
        Assert.Equal("1", (await api.GetAsync(api.Widgets + "/a")).At("spec.size"));
    }

    [Theory]
    [OnEveryServer(Api.Merge, "{'status':{'phase':'Done'},'spec':{'size':9}}")]
    [OnEveryServer(Api.JsonPatch, "[{'op':'add','path':'/status','value':{'phase':'Done'}}]")]
    public async Task PatchStatus_ChangesOnlyTheStatus(string server, string type, string patch)
    {
        var api = await OpenAsync(server);

        var patched = (await api.PatchAsync(api.Widgets + "/a/status", type, Objects.Quote(patch))).Is(200);

        Assert.Equal(("\"Done\"", "1", "1"), (patched.At("status.phase"), patched.At("spec.size"), patched.At("metadata.generation")));
    }

    [Theory]
    [OnEveryServer("{'spec':{'containers':[{'name':'main','image':'other'}]}}", "spec.containers.0.image", "\"other\"")]
    [OnEveryServer("{'metadata':{'labels':{'x':null}}}", "metadata.labels", "{\"y\":\"2\"}")]
    [OnEveryServer("{'metadata':{'labels':{'$patch':'replace','z':'3'}}}", "metadata.labels", "{\"z\":\"3\"}")]
    [OnEveryServer("{'metadata':{'$deleteFromPrimitiveList/finalizers':['hearth.dev/one']}}", "metadata.finalizers", "[\"hearth.dev/two\"]")]
    [OnEveryServer("{'metadata':{'finalizers':['hearth.dev/three']}}", "metadata.finalizers", "[\"hearth.dev/three\",\"hearth.dev/one\",\"hearth.dev/two\"]")]
    [OnEveryServer("{'metadata':{'annotations':{'$patch':'delete'}}}", "metadata.annotations", "absent")]
    public async Task Strategic_OfABuiltIn_MergesListsByKey(string server, string patch, string path, string value)
    {
        var api = await servers.OpenAsync(server);
        var pod = Objects.Pod("p");
        pod["metadata"]!["labels"] = Objects.Json("{'x':'1','y':'2'}");
        pod["metadata"]!["annotations"] = Objects.Json("{'k':'v'}");
        pod["metadata"]!["finalizers"] = new System.Text.Json.Nodes.JsonArray("hearth.dev/one", "hearth.dev/two");
        await api.CreateAsync(api.Pods, pod);

        Assert.Equal(value, (await api.PatchAsync(api.Pods + "/p", Api.Strategic, Objects.Quote(patch))).Is(200).At(path));
    }

    [Theory]
    [OnEveryServer("{'ports':[{'port':80,'name':'web'}]}", "80,443")]
    [OnEveryServer("{'ports':[{'port':8080,'name':'alt'}]}", "8080,80,443")]
    [OnEveryServer("{'ports':[{'port':80,'$patch':'delete'}]}", "443")]
    [OnEveryServer("{'ports':[{'$patch':'replace'},{'port':8080}]}", "8080")]
    public async Task Strategic_ListDirectives_AreFollowed(string server, string spec, string ports)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Core("services"), Objects.Json(
            "{'metadata':{'name':'s'},'spec':{'clusterIP':'None','ports':[{'name':'http','port':80},{'name':'https','port':443}]}}"));

        var patched = (await api.PatchAsync(api.Core("services/s"), Api.Strategic, Objects.Quote($$"""{"spec":{{spec}}}"""))).Is(200);

        var numbers = ((System.Text.Json.Nodes.JsonArray)patched.Body["spec"]!["ports"]!).Select(p => p!["port"]!.ToJsonString());
        Assert.Equal(ports, string.Join(',', numbers));
    }

    private async Task<Api> OpenAsync(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", ",'text':'abc','tags':['x','y'],'parts':[{'name':'p','count':4}]", ",'labels':{'x':'1'}"));
        return api;
    }
}
