using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Deleting: preconditions, finalizers, propagation, collections, namespaces.</summary>
[Collection(Servers.Collection)]
public sealed class DeleteCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Delete_Widget_SaysWhichItWas(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var answer = (await api.DeleteAsync(api.Widgets + "/a")).Is(200);

        Assert.Equal(("\"Status\"", "\"Success\"", "\"a\"", created.At("metadata.uid")),
            (answer.At("kind"), answer.At("status"), answer.At("details.name"), answer.At("details.uid")));
        (await api.GetAsync(api.Widgets + "/a")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_Absent_IsNotFound(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.DeleteAsync(api.Widgets + "/none")).Is(404, "NotFound", "widgets.conformance.hearth.dev \"none\" not found");
    }

    [Theory]
    [OnEveryServer("uid", "UID")]
    [OnEveryServer("resourceVersion", "ResourceVersion")]
    public async Task Delete_AnotherThanMeant_IsAConflict(string server, string field, string name)
    {
        var api = await servers.OpenAsync(server);
        var actual = (string?)(await api.CreateAsync(api.Widgets, Widgets.New("a"))).Body["metadata"]![field];

        var answer = await api.DeleteAsync(api.Widgets + "/a", $$$"""{"preconditions":{"{{{field}}}":"1"}}""");

        answer.Is(409, "Conflict");
        Assert.Equal(
            $"Operation cannot be fulfilled on Widget.conformance.hearth.dev \"a\": the {name} in the precondition (1) does not match the {name} " +
            $"in record ({actual}). The object might have been {(field == "uid" ? "deleted and then recreated" : "modified")}",
            answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_AsMeant_Works(string server)
    {
        var api = await servers.OpenAsync(server);
        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));

        (await api.DeleteAsync(api.Widgets + "/a", $$$"""{"preconditions":{"uid":{{{created.At("metadata.uid")}}},"resourceVersion":"{{{created.Version}}}"}}""")).Is(200);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_DryRun_DeletesNothing(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        (await api.DeleteAsync(api.Widgets + "/a?dryRun=All")).Is(200);
        (await api.GetAsync(api.Widgets + "/a")).Is(200);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_WithFinalizer_WaitsForIt(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));

        var marked = (await api.DeleteAsync(api.Widgets + "/a")).Is(200);
        Assert.Equal("\"Widget\"", marked.At("kind"));
        Assert.NotEqual("absent", marked.At("metadata.deletionTimestamp"));
        Assert.Equal(("0", "2"), (marked.At("metadata.deletionGracePeriodSeconds"), marked.At("metadata.generation")));

        (await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"metadata":{"finalizers":null}}""")).Is(200);
        (await api.GetAsync(api.Widgets + "/a")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_Twice_ChangesNothingMore(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));
        var first = await api.DeleteAsync(api.Widgets + "/a");

        Assert.Equal(first.Version, (await api.DeleteAsync(api.Widgets + "/a")).Is(200).Version);
    }

    [Theory]
    [OnEveryServer]
    public async Task Finalizers_OnceDeleting_CannotBeAdded(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));
        await api.DeleteAsync(api.Widgets + "/a");

        var answer = await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"metadata":{"finalizers":["hearth.dev/wait","hearth.dev/more"]}}""");

        answer.Is(422, "Invalid");
        Assert.Equal(
            "FieldValueForbidden metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, " +
            "found new finalizers []string{\"hearth.dev/more\"}",
            answer.Causes.First());
    }

    [Theory]
    [OnEveryServer]
    public async Task Spec_OnceDeleting_CanStillChange(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));
        await api.DeleteAsync(api.Widgets + "/a");

        Assert.Equal("5", (await api.PatchAsync(api.Widgets + "/a", Api.Merge, """{"spec":{"size":5}}""")).Is(200).At("spec.size"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_WhileItsNamesakeIsDeleting_AlreadyExists(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));
        await api.DeleteAsync(api.Widgets + "/a");

        (await api.PostAsync(api.Widgets, Widgets.New("a"))).Is(409, "AlreadyExists");
    }

    [Theory]
    [OnEveryServer]
    public async Task DeleteCollection_Selected_LeavesTheRest(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'labels':{'x':'1'}"));
        await api.CreateAsync(api.Widgets, Widgets.New("b", "", ",'labels':{'x':'1'}"));
        await api.CreateAsync(api.Widgets, Widgets.New("c"));

        var answer = (await api.DeleteAsync(api.Widgets + "?labelSelector=x%3D1")).Is(200);

        Assert.Equal(["a", "b"], answer.Names.Order());
        Assert.Equal(["c"], (await api.GetAsync(api.Widgets)).Names);
    }

    [Theory]
    [OnEveryServer("propagationPolicy=Foreground", "foregroundDeletion")]
    [OnEveryServer("propagationPolicy=Orphan", "orphan")]
    public async Task Delete_WithPropagation_MarksTheObjectForTheCollector(string server, string query, string finalizer)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a", "", ",'finalizers':['hearth.dev/wait']"));

        var marked = (await api.DeleteAsync($"{api.Widgets}/a?{query}")).Is(200);

        Assert.Contains($"\"{finalizer}\"", marked.At("metadata.finalizers"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Delete_UnknownPropagation_IsInvalid(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        (await api.DeleteAsync(api.Widgets + "/a?propagationPolicy=Sideways")).Is(422, "Invalid");
    }

    [Theory]
    [OnEveryServer("Background", NeedsCollector = true)]
    [OnEveryServer("Foreground", NeedsCollector = true)]
    public async Task Delete_Owner_TakesItsDependants(string server, string policy)
    {
        var api = await servers.OpenAsync(server);
        await OwnedAsync(api);
        using var watch = await api.WatchAsync($"{api.ConfigMaps}?fieldSelector=metadata.name%3Downed");
        Assert.Equal("ADDED owned", await watch.NextNameAsync());

        (await api.DeleteAsync($"{api.Widgets}/owner?propagationPolicy={policy}")).Is(200);

        string last;
        while ((last = await watch.NextNameAsync()) == "MODIFIED owned")
        {
        }
        Assert.Equal("DELETED owned", last);
        await api.WaitUntilGoneAsync(api.Widgets, "owner");
    }

    [Theory]
    [OnEveryServer(NeedsCollector = true)]
    public async Task Delete_OwnerOrphaning_LeavesItsDependants(string server)
    {
        var api = await servers.OpenAsync(server);
        await OwnedAsync(api);

        (await api.DeleteAsync(api.Widgets + "/owner?propagationPolicy=Orphan")).Is(200);

        await api.WaitUntilGoneAsync(api.Widgets, "owner");
        var owned = (await api.GetAsync(api.ConfigMaps + "/owned")).Is(200);
        Assert.Contains(owned.At("metadata.ownerReferences"), new[] { "absent", "[]" });
    }

    [Theory]
    [OnEveryServer(NeedsCollector = true)]
    public async Task Create_WithAnOwnerThatIsGone_IsCollected(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap("lost", """
            ,"ownerReferences":[{"apiVersion":"conformance.hearth.dev/v1","kind":"Widget","name":"gone","uid":"11111111-2222-4333-8444-555555555555"}]
            """));

        await api.WaitUntilGoneAsync(api.ConfigMaps, "lost");
    }

    [Theory]
    [OnEveryServer]
    public async Task Namespace_Deleted_RefusesNewContent(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("holds", "", ",'finalizers':['hearth.dev/wait']"));

        var marked = (await api.DeleteAsync($"/api/v1/namespaces/{api.Namespace}")).Is(200);
        Assert.Equal("\"Terminating\"", marked.At("status.phase"));

        var answer = await api.PostAsync(api.ConfigMaps, Objects.ConfigMap("late"));
        answer.Is(403, "Forbidden", $"configmaps \"late\" is forbidden: unable to create new content in namespace {api.Namespace} because it is being terminated");
        Assert.Equal([$"NamespaceTerminating metadata.namespace: namespace {api.Namespace} is being terminated"], answer.Causes);
        await api.PatchAsync(api.Widgets + "/holds", Api.Merge, """{"metadata":{"finalizers":null}}""");
    }

    [Theory]
    [OnEveryServer(NeedsCollector = true)]
    public async Task Namespace_Deleted_TakesItsContent(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));
        await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap("b"));

        (await api.DeleteAsync($"/api/v1/namespaces/{api.Namespace}")).Is(200);

        await api.WaitUntilGoneAsync("/api/v1/namespaces", api.Namespace);
        Assert.Empty((await api.GetAsync(api.Widgets)).Names);
        Assert.Empty((await api.GetAsync(api.ConfigMaps)).Names);
    }

    private static async Task OwnedAsync(Api api)
    {
        var owner = await api.CreateAsync(api.Widgets, Widgets.New("owner"));
        await api.CreateAsync(api.ConfigMaps, Objects.ConfigMap("owned", $$$"""
            ,"ownerReferences":[{"apiVersion":"conformance.hearth.dev/v1","kind":"Widget","name":"owner","uid":{{{owner.At("metadata.uid")}}},"blockOwnerDeletion":true,"controller":true}]
            """));
    }
}
