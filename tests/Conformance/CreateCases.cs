using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Creating objects.</summary>
[Collection(Servers.Collection)]
public sealed class CreateCases(Servers servers)
{
    [Theory]
    [OnEveryServer]
    public async Task Create_Widget_IsCompletedByTheServer(string server)
    {
        var api = await servers.OpenAsync(server);

        var created = await api.CreateAsync(api.Widgets, Widgets.New("a"));

        Assert.True(Guid.TryParse((string?)created.Body["metadata"]!["uid"], out _));
        Assert.Equal("1", created.At("metadata.generation"));
        Assert.Matches(@"^""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ""$", created.At("metadata.creationTimestamp"));
        Assert.Matches(@"^\d+$", created.Version);
        Assert.Equal($"\"{api.Namespace}\"", created.At("metadata.namespace"));
        Assert.Equal((await api.GetAsync(api.Widgets + "/a")).Is(200).Body.ToJsonString(), created.Body.ToJsonString());
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_Twice_AlreadyExists(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        var answer = await api.PostAsync(api.Widgets, Widgets.New("a"));

        answer.Is(409, "AlreadyExists", "widgets.conformance.hearth.dev \"a\" already exists");
        Assert.Equal(("\"a\"", "\"conformance.hearth.dev\"", "\"widgets\""), (answer.At("details.name"), answer.At("details.group"), answer.At("details.kind")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_InAbsentNamespace_IsNotFound(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.PostAsync("/api/v1/namespaces/absent/configmaps", Objects.ConfigMap("a"))).Is(404, "NotFound", "namespaces \"absent\" not found");
        (await api.PostAsync("/apis/conformance.hearth.dev/v1/namespaces/absent/widgets", Widgets.New("a")))
            .Is(404, "NotFound", "namespaces \"absent\" not found");
    }

    [Theory]
    [OnEveryServer("'namespace':'other'", 400, "the namespace of the provided object does not match the namespace sent on the request")]
    [OnEveryServer("'resourceVersion':'7'", 500, "resourceVersion should not be set on objects to be created")]
    public async Task Create_MetadataThatCannotBe_IsRefused(string server, string metadata, int code, string message)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.PostAsync(api.Widgets, Widgets.New("a", "", "," + metadata))).Is(code);

        Assert.Equal(message, answer.Message);
    }

    [Theory]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v2','kind':'Widget','metadata':{'name':'a'},'spec':{'color':'Red'}}")]
    [OnEveryServer("{'metadata':{'name':'a'},'spec':{'color':'Red'}}")]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'a','labels':['x']},'spec':{'color':'Red'}}")]
    [OnEveryServer("{'apiVersion':'conformance.hearth.dev/v1','kind':'Widget','metadata':{'name':'a','labels':{'x':1}},'spec':{'color':'Red'}}")]
    [OnEveryServer("{'apiVersion':")]
    [OnEveryServer("7")]
    public async Task Create_BodyOfAnotherShape_IsABadRequest(string server, string body)
    {
        var api = await servers.OpenAsync(server);

        (await api.SendAsync(HttpMethod.Post, api.Widgets, Objects.Quote(body))).Is(400, "BadRequest");
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_AnotherKind_IsInvalid(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = Widgets.New("a");
        body["kind"] = "Gadget";

        (await api.PostAsync(api.Widgets, body)).Is(422, "Invalid", "Gadget.conformance.hearth.dev \"a\" is invalid: kind: Invalid value: \"Gadget\": must be Widget");
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_UnknownMediaType_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.SendAsync(HttpMethod.Post, api.Widgets, "x", "text/plain")).Is(415, "UnsupportedMediaType");
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_Yaml_IsRead(string server)
    {
        var api = await servers.OpenAsync(server);
        const string Body = """
            apiVersion: conformance.hearth.dev/v1
            kind: Widget
            metadata:
              name: a
            spec:
              color: Blue
              size: 7
            """;

        var created = (await api.SendAsync(HttpMethod.Post, api.Widgets, Body, "application/yaml")).Is(201);

        Assert.Equal(("\"Blue\"", "7"), (created.At("spec.color"), created.At("spec.size")));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_GenerateName_GetsASuffix(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = Objects.Json("{'apiVersion':'v1','kind':'ConfigMap','metadata':{'generateName':'some-'}}");

        var first = await api.CreateAsync(api.ConfigMaps, body.DeepClone());
        var second = await api.CreateAsync(api.ConfigMaps, body.DeepClone());

        Assert.Matches(@"^""some-[bcdfghjklmnpqrstvwxz2456789]{5}""$", first.At("metadata.name"));
        Assert.Equal("\"some-\"", first.At("metadata.generateName"));
        Assert.NotEqual(first.At("metadata.name"), second.At("metadata.name"));
    }

    [Theory]
    [OnEveryServer("{}", "metadata.name", "Required value: name or generateName is required")]
    [OnEveryServer("{'name':'Upper'}", "metadata.name", "Invalid value: \"Upper\": a lowercase RFC 1123 subdomain must consist of")]
    [OnEveryServer("{'name':'a/b'}", "metadata.name", "Invalid value: \"a/b\": ")]
    [OnEveryServer("{'name':'a','labels':{'bad key':'x'}}", "metadata.labels", "Invalid value: \"bad key\": name part must consist of")]
    [OnEveryServer("{'name':'a','labels':{'k':'bad value'}}", "metadata.labels", "Invalid value: \"bad value\": a valid label must be an empty string")]
    [OnEveryServer("{'name':'a','annotations':{'bad key':'x'}}", "metadata.annotations", "Invalid value: \"bad key\": name part must consist of")]
    [OnEveryServer("{'name':'a','finalizers':['no-domain!']}", "metadata.finalizers", "Invalid value: \"no-domain!\": name part must consist of")]
    [OnEveryServer("{'name':'a','ownerReferences':[{'apiVersion':'v1','kind':'','name':'o','uid':'u'}]}", "metadata.ownerReferences.kind", "Invalid value: \"\": must not be empty")]
    public async Task Create_InvalidMetadata_NamesTheField(string server, string metadata, string field, string message)
    {
        var api = await servers.OpenAsync(server);
        var body = Widgets.New("a");
        body["metadata"] = JsonNode.Parse(Objects.Quote(metadata));

        var answer = (await api.PostAsync(api.Widgets, body)).Is(422, "Invalid");

        var cause = ((JsonArray)answer.Body["details"]!["causes"]!)[0]!;
        Assert.Equal(field, (string?)cause["field"]);
        Assert.StartsWith(message, (string?)cause["message"]);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_DryRun_StoresNothing(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.PostAsync(api.Widgets + "?dryRun=All", Widgets.New("a"))).Is(201);

        Assert.Equal("1", answer.At("spec.size"));
        (await api.GetAsync(api.Widgets + "/a")).Is(404);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_DryRunOfTheInvalidAndTheTaken_IsRefused(string server)
    {
        var api = await servers.OpenAsync(server);
        await api.CreateAsync(api.Widgets, Widgets.New("a"));

        (await api.PostAsync(api.Widgets + "?dryRun=All", Widgets.New("a"))).Is(409, "AlreadyExists");
        (await api.PostAsync(api.Widgets + "?dryRun=All", Widgets.New("b", ",'size':101"))).Is(422, "Invalid");
    }

    [Theory]
    [OnEveryServer("dryRun=Some")]
    [OnEveryServer("fieldValidation=Maybe")]
    public async Task Create_UnknownOption_IsRefused(string server, string query)
    {
        var api = await servers.OpenAsync(server);

        var answer = await api.PostAsync($"{api.Widgets}?{query}", Widgets.New("a"));

        answer.Is(422, "Invalid");
        Assert.Contains("Unsupported value", answer.Message);
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_StatusOfAKindWithSubresource_IsDropped(string server)
    {
        var api = await servers.OpenAsync(server);
        var body = Widgets.New("a");
        body["status"] = new JsonObject { ["phase"] = "Done" };

        Assert.Equal("absent", (await api.CreateAsync(api.Widgets, body)).At("status"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Create_OnANamedPath_IsNotAllowed(string server)
    {
        var api = await servers.OpenAsync(server);

        (await api.PostAsync(api.ConfigMaps + "/a", Objects.ConfigMap("a"))).Is(405, "MethodNotAllowed");
    }

    [Theory]
    [OnEveryServer("/apis/conformance.hearth.dev/v1/namespaces/default/gadgets")]
    [OnEveryServer("/apis/conformance.hearth.dev/v9/namespaces/default/widgets")]
    [OnEveryServer("/apis/absent.hearth.dev/v1/widgets")]
    public async Task Call_UnknownResource_IsNotFound(string server, string path)
    {
        var api = await servers.OpenAsync(server);

        Assert.Equal(404, (await api.GetAsync(path)).Code);
    }

    [Theory]
    [OnEveryServer]
    public async Task Get_Absent_NamesTheObject(string server)
    {
        var api = await servers.OpenAsync(server);

        var answer = (await api.GetAsync(api.Widgets + "/none")).Is(404, "NotFound", "widgets.conformance.hearth.dev \"none\" not found");

        Assert.Equal(("\"none\"", "\"Failure\"", "\"Status\"", "404"), (answer.At("details.name"), answer.At("status"), answer.At("kind"), answer.At("code")));
    }
}
