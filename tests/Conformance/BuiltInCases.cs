namespace Hearth.Conformance.Tests;

/// <summary>What Hearth uses of the built-in kinds.</summary>
[Collection(Servers.Collection)]
public sealed class BuiltInCases(Servers servers)
{
    [Theory]
    [OnEveryServer("spec.restartPolicy", "\"Always\"")]
    [OnEveryServer("spec.terminationGracePeriodSeconds", "30")]
    [OnEveryServer("spec.schedulerName", "\"default-scheduler\"")]
    [OnEveryServer("status.phase", "\"Pending\"")]
    [OnEveryServer("spec.dnsPolicy", "\"ClusterFirst\"")]
    [OnEveryServer("spec.containers.0.terminationMessagePath", "\"/dev/termination-log\"")]
    [OnEveryServer("spec.containers.0.imagePullPolicy", "\"Always\"")]
    [OnEveryServer("status.qosClass", "\"BestEffort\"")]
    public async Task Create_Pod_HasKubernetesDefaults(string server, string path, string value)
    {
        var api = await servers.OpenAsync(server);

        Assert.Equal(value, (await api.CreateAsync(api.Pods, Objects.Pod("p"))).At(path));
    }

    [Theory]
    [OnEveryServer("{'containers':[]}", "FieldValueRequired spec.containers: Required value")]
    [OnEveryServer("{'containers':[{'name':'a','image':'i'},{'name':'a','image':'i'}]}", "FieldValueDuplicate spec.containers[1].name: Duplicate value: \"a\"")]
    [OnEveryServer("{'containers':[{'name':'a'}]}", "FieldValueRequired spec.containers[0].image: Required value")]
    [OnEveryServer("{'containers':[{'image':'i'}]}", "FieldValueRequired spec.containers[0].name: Required value")]
    public async Task Create_PodWithAFault_NamesIt(string server, string spec, string cause)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.PostAsync(api.Pods, Objects.Json($$"""{'metadata':{'name':'p'},'spec':{{spec}}}"""))).Is(422, "Invalid");

        Assert.Contains(cause, answer.Causes);
    }

    [Theory]
    [OnEveryServer("{'spec':{'containers':[{'name':'main','image':'other'}]}}", 200)]
    [OnEveryServer("{'metadata':{'labels':{'hearth.dev/worker-state':'claimed'}}}", 200)]
    [OnEveryServer("{'spec':{'hostNetwork':true}}", 422)]
    [OnEveryServer("{'spec':{'restartPolicy':'Never'}}", 422)]
    public async Task Patch_Pod_OnlyWhatMayChange(string server, string patch, int code)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Pods, Objects.Pod("p"));

        (await api.PatchAsync(api.Pods + "/p", Api.Strategic, Objects.Quote(patch))).Is(code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_PodOnNoNode_IsGoneAtOnce(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Pods, Objects.Pod("p"));

        Assert.Equal("\"Pod\"", (await api.DeleteAsync(api.Pods + "/p")).Is(200).At("kind"));
        (await api.GetAsync(api.Pods + "/p")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_PodOnANode_WaitsForTheNode(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Pods, Objects.Pod("p"));
        await api.PostAsync(api.Pods + "/p/binding", Objects.Json("{'metadata':{'name':'p'},'target':{'kind':'Node','name':'n'}}"));

        Assert.Equal("30", (await api.DeleteAsync(api.Pods + "/p")).Is(200).At("metadata.deletionGracePeriodSeconds"));
        Assert.NotEqual("absent", (await api.GetAsync(api.Pods + "/p")).Is(200).At("metadata.deletionTimestamp"));
        (await api.DeleteAsync(api.Pods + "/p", """{"gracePeriodSeconds":0}""")).Is(200);
        (await api.GetAsync(api.Pods + "/p")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_SecretOfStringData_EncodesIt(string server)
    {
        var api = await servers.OpenAsync(server);

        var secret = await api.CreateAsync(api.Core("secrets"), Objects.Json("{'metadata':{'name':'s'},'stringData':{'token':'abc'}}"));

        Assert.Equal(("\"YWJj\"", "\"Opaque\"", "absent"), (secret.At("data.token"), secret.At("type"), secret.At("stringData")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_Service_GetsAType(string server)
    {
        var api = await servers.OpenAsync(server);

        var service = await api.CreateAsync(api.Core("services"), Objects.Json("{'metadata':{'name':'s'},'spec':{'clusterIP':'None','ports':[{'port':80}]}}"));

        Assert.Equal(("\"ClusterIP\"", "\"TCP\"", "80"), (service.At("spec.type"), service.At("spec.ports.0.protocol"), service.At("spec.ports.0.targetPort")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Lease_Renewed_KeepsMicroseconds(string server)
    {
        var api = await servers.OpenAsync(server);
        var path = $"/apis/coordination.k8s.io/v1/namespaces/{api.Namespace}/leases";

        var lease = await api.CreateAsync(path, Objects.Json(
            "{'metadata':{'name':'l'},'spec':{'holderIdentity':'one','leaseDurationSeconds':15,'renewTime':'2026-01-02T03:04:05.123456Z'}}"));

        Assert.Equal("\"2026-01-02T03:04:05.123456Z\"", lease.At("spec.renewTime"));
    }

    [Theory]
    [OnEveryServer]
    public async Task ControllerRevision_Stored_MayChangeItsNumberButNotItsData(string server)
    {
        var api = await servers.OpenAsync(server);
        var path = $"/apis/apps/v1/namespaces/{api.Namespace}/controllerrevisions";

        await api.CreateAsync(path, Objects.Json("{'metadata':{'name':'r','labels':{'hearth.dev/function':'fn'}},'data':{'spec':{'pool':'a'}},'revision':1}"));

        Assert.Equal("3", (await api.PatchAsync(path + "/r", Api.Merge, """{"revision":3}""")).Is(200).At("revision"));
        (await api.PatchAsync(path + "/r", Api.Merge, """{"data":{"spec":{"pool":"b"}}}""")).Is(422, "Invalid");
        Assert.Equal("\"a\"", (await api.GetAsync(path + "/r")).Is(200).At("data.spec.pool"));
        Assert.Equal(["r"], (await api.GetAsync(path + "?labelSelector=hearth.dev%2Ffunction%3Dfn")).Is(200).Names);
        (await api.PostAsync(path, Objects.Json("{'metadata':{'name':'s'},'revision':1}"))).Is(422, "Invalid");
        (await api.DeleteAsync(path + "/r")).Is(200);
    }

    [Theory]
    [OnEveryServer("involvedObject.name=a", 1)]
    [OnEveryServer("involvedObject.kind=Pod,type=Warning", 0)]
    [OnEveryServer("reason=Started", 1)]
    public async Task Events_ByTheirObject_AreSelected(string server, string selector, int count)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Core("events"), Objects.Json(
            $"{{'metadata':{{'name':'e'}},'involvedObject':{{'kind':'Pod','namespace':'{api.Namespace}','name':'a'}},'reason':'Started','type':'Normal','message':'m'}}"));

        Assert.Equal(count, (await api.GetAsync($"{api.Core("events")}?fieldSelector={Uri.EscapeDataString(selector)}")).Is(200).Names.Count());
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_Namespace_IsActiveAndLabelled(string server)
    {
        var api = await servers.OpenAsync(server);

        var ns = (await api.GetAsync($"/api/v1/namespaces/{api.Namespace}")).Is(200);

        Assert.Equal(("\"Active\"", $"\"{api.Namespace}\""), (ns.At("status.phase"), ns.At("metadata.labels.kubernetes__io/metadata__name")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_DefaultNamespace_IsForbidden(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.DeleteAsync("/api/v1/namespaces/default")).Is(403, "Forbidden", "namespaces \"default\" is forbidden: this namespace may not be deleted");
    }
}
