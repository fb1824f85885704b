namespace Hearth.Conformance.Tests;

/// <summary>The subresources <c>scale</c> and <c>status</c>, and those of pods.</summary>
[Collection(Servers.Collection)]
public sealed class SubresourceCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task GetScale_Widget_IsAScale(string server)
    {
        var api = await OpenAsync(server);
        await api.PatchAsync(api.Widgets + "/a/status", Api.Merge, """{"status":{"replicas":3,"selector":"app=web"}}""");

        var scale = (await api.GetAsync(api.Widgets + "/a/scale")).Is(200);

        Assert.Equal(("\"Scale\"", "\"autoscaling/v1\"", "2", "3", "\"app=web\"", "\"a\""), (scale.At("kind"), scale.At("apiVersion"),
            scale.At("spec.replicas"), scale.At("status.replicas"), scale.At("status.selector"), scale.At("metadata.name")));
    }

    [Theory]
    [OnEveryServer]
    public async Task PutScale_Widget_ChangesOnlyTheReplicas(string server)
    {
        var api = await OpenAsync(server);
        var scale = (await api.GetAsync(api.Widgets + "/a/scale")).Body;
        scale["spec"]!["replicas"] = 7;

        Assert.Equal("7", (await api.PutAsync(api.Widgets + "/a/scale", scale)).Is(200).At("spec.replicas"));
        var widget = await api.GetAsync(api.Widgets + "/a");
        Assert.Equal(("7", "\"Red\"", "2"), (widget.At("spec.replicas"), widget.At("spec.color"), widget.At("metadata.generation")));
    }

    [Theory]
    [OnEveryServer]
    public async Task PatchScale_Widget_Works(string server)
    {
        var api = await OpenAsync(server);

        Assert.Equal("5", (await api.PatchAsync(api.Widgets + "/a/scale", Api.Merge, """{"spec":{"replicas":5}}""")).Is(200).At("spec.replicas"));
        Assert.Equal("5", (await api.GetAsync(api.Widgets + "/a")).At("spec.replicas"));
    }

    [Theory]
    [OnEveryServer]
    public async Task PutScale_Stale_IsAConflict(string server)
    {
        var api = await OpenAsync(server);
        var scale = (await api.GetAsync(api.Widgets + "/a/scale")).Body;
        await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":2}}""");

        (await api.PutAsync(api.Widgets + "/a/scale", scale)).Is(409, "Conflict");
    }

    [Theory]
    [OnEveryServer]
    public async Task PutScale_Negative_IsInvalid(string server)
    {
        var api = await OpenAsync(server);

        var answer = (await api.PatchAsync(api.Widgets + "/a/scale", Api.Merge, """{"spec":{"replicas":-1}}""")).Is(422, "Invalid");

        Assert.Contains("spec.replicas", answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task GetStatus_Widget_IsTheWholeObject(string server)
    {
        var api = await OpenAsync(server);

        Assert.Equal("\"Red\"", (await api.GetAsync(api.Widgets + "/a/status")).Is(200).At("spec.color"));
    }

    [Theory]
    [OnEveryServer("configmaps")]
    [OnEveryServer("secrets")]
    public async Task Status_OfAKindWithout_IsNotFound(string server, string plural)
    {
        var api = await OpenAsync(server);

        Assert.Equal(404, (await api.GetAsync(api.Core(plural) + "/a/status")).Code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Scale_OfHearthsFunction_IsItsMinimum(string server)
    {
        var api = await OpenAsync(server);
        await api.CreateAsync(api.Hearth("inferencefunctions"), Objects.Json(
            "{'apiVersion':'hearth.dev/v1alpha1','kind':'InferenceFunction','metadata':{'name':'f'},'spec':{'model':{'uri':'file:///m.onnx'}}}"));

        (await api.PatchAsync(api.Hearth("inferencefunctions/f/scale"), Api.Merge, """{"spec":{"replicas":2}}""")).Is(200);

        Assert.Equal("2", (await api.GetAsync(api.Hearth("inferencefunctions/f"))).At("spec.scale.min"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Binding_Pod_GivesItANode(string server)
    {
        var api = await OpenAsync(server);
        await api.CreateAsync(api.Pods, Objects.Pod("p"));

        (await api.PostAsync(api.Pods + "/p/binding", Objects.Json("{'metadata':{'name':'p'},'target':{'kind':'Node','name':'n'}}"))).Is(201);

        var pod = await api.GetAsync(api.Pods + "/p");
        Assert.Equal("\"n\"", pod.At("spec.nodeName"));
        Assert.Contains("PodScheduled", pod.At("status.conditions"));
        (await api.PostAsync(api.Pods + "/p/binding", Objects.Json("{'metadata':{'name':'p'},'target':{'kind':'Node','name':'m'}}"))).Is(409, "Conflict");
    }

    private async Task<Api> OpenAsync(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", ",'replicas':2"));
        return api;
    }
}
