using System.Text.Json.Nodes;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>Deletion and what follows it in the background, observed through watches.</summary>
public sealed class DeleteTests : IAsyncLifetime
{
    private readonly ApiServerFixture _server = new();
    private ApiClient _api = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _api = new(_server);
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Delete_Object_AnswersSuccess()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("gone"));

        var (code, status) = await _api.DeleteAsync(ApiClient.Functions + "/gone");

        Assert.Equal((200, "Success", "inferencefunctions"), (code, status["status"]!.ToString(), status["details"]!["kind"]!.ToString()));
        Assert.Equal(404, (await _api.DeleteAsync(ApiClient.Functions + "/gone")).Code);
    }

    [Theory]
    [InlineData("""{"preconditions":{"uid":"other"}}""")]
    [InlineData("""{"preconditions":{"resourceVersion":"1"}}""")]
    public async Task Delete_OtherPrecondition_IsAConflict(string options)
    {
        await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap("kept"));

        Assert.Equal(409, (await _api.DeleteAsync(ApiClient.ConfigMaps + "/kept", options)).Code);
    }

    [Fact]
    public async Task Delete_WithFinalizer_WaitsForItsRemoval()
    {
        var map = Objects.NewConfigMap("finalized");
        map["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await _api.CreateAsync(ApiClient.ConfigMaps, map);

        var (_, marked) = await _api.DeleteAsync(ApiClient.ConfigMaps + "/finalized");
        Assert.NotNull(marked["metadata"]!["deletionTimestamp"]);
        var (added, _) = await _api.PatchAsync(ApiClient.ConfigMaps + "/finalized", ApiClient.MergePatch, """{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}""");
        Assert.Equal(422, added);

        await _api.PatchAsync(ApiClient.ConfigMaps + "/finalized", ApiClient.MergePatch, """{"metadata":{"finalizers":null}}""");
        Assert.Equal(404, (await _api.GetAsync(ApiClient.ConfigMaps + "/finalized")).Code);
    }

    [Fact]
    public async Task Delete_PodOnANode_LeavesItTimeToEnd()
    {
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("running"));
        await _api.PostAsync(ApiClient.Pods + "/running/binding", Objects.Json("""{"target":{"name":"n"}}"""));

        var (_, marked) = await _api.DeleteAsync(ApiClient.Pods + "/running", """{"gracePeriodSeconds":20}""");
        var (_, longer) = await _api.DeleteAsync(ApiClient.Pods + "/running", """{"gracePeriodSeconds":60}""");
        Assert.Equal((20, 20), ((int)marked["metadata"]!["deletionGracePeriodSeconds"]!, (int)longer["metadata"]!["deletionGracePeriodSeconds"]!));
        Assert.Equal(200, (await _api.GetAsync(ApiClient.Pods + "/running")).Code);

        await _api.DeleteAsync(ApiClient.Pods + "/running", """{"gracePeriodSeconds":0}""");
        Assert.Equal(404, (await _api.GetAsync(ApiClient.Pods + "/running")).Code);
    }

    [Fact]
    public async Task Delete_PodWithoutANode_IsGoneAtOnce()
    {
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("pending"));

        Assert.Equal(200, (await _api.DeleteAsync(ApiClient.Pods + "/pending")).Code);
        Assert.Equal(404, (await _api.GetAsync(ApiClient.Pods + "/pending")).Code);
    }

    [Fact]
    public async Task Delete_Owner_TakesItsDependantsInTheBackground()
    {
        var owner = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("owner"));
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("dependant", owner));
        using var watch = await WatchStream.OpenAsync(_server, ApiClient.ConfigMaps + "?watch=1");
        Assert.Equal("ADDED dependant", await watch.NextNameAsync());

        await _api.DeleteAsync(ApiClient.Functions + "/owner");

        Assert.Equal("DELETED dependant", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Delete_OneOfTwoOwners_LeavesTheDependant()
    {
        var first = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("first"));
        var second = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("second"));
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("shared", first, second));
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("marker", first));
        using var watch = await WatchStream.OpenAsync(_server, ApiClient.ConfigMaps + "?watch=1");
        await watch.NextNameAsync();
        await watch.NextNameAsync();

        await _api.DeleteAsync(ApiClient.Functions + "/first");
        Assert.Equal("DELETED marker", await watch.NextNameAsync());
        await _api.DeleteAsync(ApiClient.Functions + "/second");

        Assert.Equal("DELETED shared", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Create_ForAnOwnerThatIsGone_IsCollected()
    {
        using var watch = await WatchStream.OpenAsync(_server, ApiClient.ConfigMaps + "?watch=1");
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("late", Objects.Json("""{"metadata":{"name":"x","uid":"no-such-uid"}}""")));

        Assert.Equal("ADDED late", await watch.NextNameAsync());
        Assert.Equal("DELETED late", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Delete_OwnerByOrphaning_FreesItsDependants()
    {
        var owner = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("parent"));
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("orphan", owner));
        using var watch = await WatchStream.OpenAsync(_server, ApiClient.Functions + "?watch=1&fieldSelector=metadata.name%3Dparent");

        await _api.DeleteAsync(ApiClient.Functions + "/parent", """{"propagationPolicy":"Orphan"}""");

        while (await watch.NextNameAsync() != "DELETED parent")
        {
        }
        var (code, orphan) = await _api.GetAsync(ApiClient.ConfigMaps + "/orphan");
        Assert.Equal((200, "[]"), (code, orphan["metadata"]!["ownerReferences"]!.ToJsonString()));
    }

    [Fact]
    public async Task Delete_OwnerInTheForeground_OutlivesItsDependants()
    {
        var owner = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("foreground"));
        var pod = Objects.NewPod("slow");
        pod["metadata"]!["ownerReferences"] = Owned("", owner)["metadata"]!["ownerReferences"]!.DeepClone();
        await _api.CreateAsync(ApiClient.Pods, pod);
        await _api.PostAsync(ApiClient.Pods + "/slow/binding", Objects.Json("""{"target":{"name":"n"}}"""));
        using var watch = await WatchStream.OpenAsync(_server, ApiClient.Functions + "?watch=1");
        Assert.Equal("ADDED foreground", await watch.NextNameAsync());

        await _api.DeleteAsync(ApiClient.Functions + "/foreground", """{"propagationPolicy":"Foreground"}""");
        Assert.Equal("MODIFIED foreground", await watch.NextNameAsync());
        await _api.DeleteAsync(ApiClient.Pods + "/slow", """{"gracePeriodSeconds":0}""");

        Assert.Equal("DELETED foreground", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Delete_NamespaceInTheForeground_OutlivesItsContent()
    {
        var team = await _api.CreateAsync("/api/v1/namespaces", Objects.Json("""{"metadata":{"name":"front"}}"""));
        var pods = "/api/v1/namespaces/front/pods";
        var dependant = Objects.NewConfigMap("c");
        dependant["metadata"]!["ownerReferences"] = Owned("", team)["metadata"]!["ownerReferences"]!.DeepClone();
        await _api.CreateAsync("/api/v1/namespaces/front/configmaps", dependant);
        await _api.CreateAsync(pods, Objects.NewPod("p"));
        await _api.PostAsync(pods + "/p/binding", Objects.Json("""{"target":{"name":"n"}}"""));
        using var watch = await WatchStream.OpenAsync(_server, "/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Dfront");
        using var configMaps = await WatchStream.OpenAsync(_server, "/api/v1/namespaces/front/configmaps?watch=1");
        Assert.Equal("ADDED c", await configMaps.NextNameAsync());

        await _api.DeleteAsync("/api/v1/namespaces/front", """{"propagationPolicy":"Foreground"}""");
        Assert.Equal("DELETED c", await configMaps.NextNameAsync());

        // What has nothing to do with it is collected meanwhile.
        var owner = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("meanwhile"));
        await _api.CreateAsync(ApiClient.ConfigMaps, Owned("meanwhile", owner));
        using var others = await WatchStream.OpenAsync(_server, ApiClient.ConfigMaps + "?watch=1&fieldSelector=metadata.name%3Dmeanwhile");
        Assert.Equal("ADDED meanwhile", await others.NextNameAsync());
        await _api.DeleteAsync(ApiClient.Functions + "/meanwhile");
        Assert.Equal("DELETED meanwhile", await others.NextNameAsync());

        await _api.DeleteAsync(pods + "/p", """{"gracePeriodSeconds":0}""");
        string seen;
        do
            seen = await watch.NextNameAsync();
        while (seen is "ADDED front" or "MODIFIED front");
        Assert.Equal("DELETED front", seen);
    }

    [Fact]
    public async Task Delete_Namespace_TakesItsContent()
    {
        await _api.CreateAsync("/api/v1/namespaces", Objects.Json("""{"metadata":{"name":"team"}}"""));
        var pods = "/api/v1/namespaces/team/pods";
        await _api.CreateAsync("/api/v1/namespaces/team/configmaps", Objects.NewConfigMap("c"));
        await _api.CreateAsync(pods, Objects.NewPod("p"));
        await _api.PostAsync(pods + "/p/binding", Objects.Json("""{"target":{"name":"n"}}"""));
        using var watch = await WatchStream.OpenAsync(_server, "/api/v1/namespaces?watch=1&fieldSelector=metadata.name%3Dteam");
        Assert.Equal("ADDED team", await watch.NextNameAsync());

        var (_, marked) = await _api.DeleteAsync("/api/v1/namespaces/team");
        Assert.Equal("Terminating", marked["status"]!["phase"]!.ToString());
        Assert.Equal("MODIFIED team", await watch.NextNameAsync());
        var (code, status) = await _api.PostAsync(pods, Objects.NewPod("late"));
        Assert.Equal((403, "Forbidden"), (code, status["reason"]!.ToString()));
        Assert.Contains("because it is being terminated", status["message"]!.ToString());

        await _api.DeleteAsync(pods + "/p", """{"gracePeriodSeconds":0}""");
        Assert.Equal("DELETED team", await watch.NextNameAsync());
    }

    [Fact]
    public async Task Delete_DefaultNamespace_IsForbidden() => Assert.Equal(403, (await _api.DeleteAsync("/api/v1/namespaces/default")).Code);

    private static JsonObject Owned(string name, params JsonObject[] owners)
    {
        var map = Objects.NewConfigMap(name);
        map["metadata"]!["ownerReferences"] = new JsonArray([.. owners.Select(o => (JsonNode)new JsonObject
        {
            ["apiVersion"] = "hearth.dev/v1alpha1",
            ["kind"] = "InferenceFunction",
            ["name"] = o["metadata"]!["name"]!.ToString(),
            ["uid"] = o["metadata"]!["uid"]!.ToString(),
            ["blockOwnerDeletion"] = true,
        })]);
        return map;
    }
}
