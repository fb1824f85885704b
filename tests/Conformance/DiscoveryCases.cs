using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>How clients learn what is served.</summary>
[Collection(Servers.Collection)]
public sealed class DiscoveryCases(Servers servers)
{
    private static readonly string[] Plurals = ["workerpools", "inferencefunctions", "federatedaggregations", "trainingjobs"];

    [Theory]
    [OnEveryServer("/healthz")]
    [OnEveryServer("/livez")]
    [OnEveryServer("/readyz")]
    public async Task Health_Always_IsOk(string server, string path)
    {
        var api = await servers.OpenAsync(server);

        Assert.Equal("\"ok\"", (await api.GetAsync(path)).Is(200).At("text"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Version_Always_HasMajorAndMinor(string server)
    {
        var api = await servers.OpenAsync(server);

        var version = (await api.GetAsync("/version")).Is(200);

        Assert.Equal("\"1\"", version.At("major"));
        Assert.Matches(@"^""v1\.\d+\.\d+", version.At("gitVersion"));
    }

    [Theory]
    [OnEveryServer]
    public async Task Groups_Always_HoldOurs(string server)
    {
        var api = await servers.OpenAsync(server);

        var groups = (await api.GetAsync("/apis")).Is(200);

        Assert.Equal("\"APIGroupList\"", groups.At("kind"));
        var group = ((JsonArray)groups.Body["groups"]!).Single(g => (string?)g!["name"] == "hearth.dev")!;
        Assert.Equal("hearth.dev/v1alpha1", (string?)group["preferredVersion"]!["groupVersion"]);
        Assert.Equal("\"v1\"", (await api.GetAsync("/api")).Is(200).At("versions.0"));
        Assert.Equal("\"APIGroup\"", (await api.GetAsync("/apis/hearth.dev")).Is(200).At("kind"));
    }

    [Theory]
    [OnEveryServer("widgets", "Widget", "wg", "gadgets", "/apis/conformance.hearth.dev/v1")]
    [OnEveryServer("inferencefunctions", "InferenceFunction", "fn", "hearth", "/apis/hearth.dev/v1alpha1")]
    [OnEveryServer("workerpools", "WorkerPool", "wp", "hearth", "/apis/hearth.dev/v1alpha1")]
    [OnEveryServer("trainingjobs", "TrainingJob", "tj", "hearth", "/apis/hearth.dev/v1alpha1")]
    [OnEveryServer("federatedaggregations", "FederatedAggregation", "fa", "hearth", "/apis/hearth.dev/v1alpha1")]
    [OnEveryServer("pods", "Pod", "po", "all", "/api/v1")]
    public async Task Resources_Always_NameKindShortNameAndCategory(string server, string plural, string kind, string shortName, string category, string path)
    {
        var api = await servers.OpenAsync(server);

        var list = (await api.GetAsync(path)).Is(200);

        var resource = ((JsonArray)list.Body["resources"]!).Single(r => (string?)r!["name"] == plural)!;
        Assert.Equal((kind, true), ((string?)resource["kind"], (bool)resource["namespaced"]!));
        Assert.Contains(shortName, ((JsonArray)resource["shortNames"]!).Select(n => (string?)n));
        Assert.Contains(category, ((JsonArray)resource["categories"]!).Select(n => (string?)n));
        Assert.Equal(
            ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"],
            ((JsonArray)resource["verbs"]!).Select(v => (string)v!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [OnEveryServer("widgets/status", "get,patch,update")]
    [OnEveryServer("widgets/scale", "get,patch,update")]
    public async Task Resources_Always_NameTheSubresources(string server, string name, string verbs)
    {
        var api = await servers.OpenAsync(server);

        var list = (await api.GetAsync("/apis/conformance.hearth.dev/v1")).Is(200);

        var resource = ((JsonArray)list.Body["resources"]!).Single(r => (string?)r!["name"] == name)!;
        Assert.Equal(verbs, string.Join(',', ((JsonArray)resource["verbs"]!).Select(v => (string)v!).Order(StringComparer.Ordinal)));
    }

    [Theory]
    [OnEveryServer("/apis/conformance.hearth.dev/v1", "Widget", "spec.properties.color.description", "\"Color of the widget.\"")]
    [OnEveryServer("/apis/hearth.dev/v1alpha1", "InferenceFunction", "spec.properties.suspend.type", "\"boolean\"")]
    public async Task OpenApiV3_Always_DescribesOurKinds(string server, string path, string kind, string field, string value)
    {
        var api = await servers.OpenAsync(server);
        var index = (await api.GetAsync("/openapi/v3")).Is(200);
        var url = (string)index.Body["paths"]![path.TrimStart('/')]!["serverRelativeURL"]!;

        var document = (await api.CallUntilAsync(url, answer => Schema(answer, kind) is not null)).Is(200);

        Assert.Equal(value, Objects.At(Schema(document, kind)!["properties"], field));
    }

    [Theory]
    [OnEveryServer("Widget")]
    [OnEveryServer("InferenceFunction")]
    [OnEveryServer("WorkerPool")]
    public async Task OpenApiV2_Always_DescribesOurKinds(string server, string kind)
    {
        var api = await servers.OpenAsync(server);

        var document = await api.CallUntilAsync("/openapi/v2", answer => Definition(answer) is not null);

        Assert.Equal("\"2.0\"", document.At("swagger"));
        Assert.NotNull(Definition(document)!["properties"]!["spec"]!["properties"]);

        JsonNode? Definition(Answer answer) => OfKind(answer.Body["definitions"] as JsonObject, kind);
    }

    [Theory]
    [OnEveryServer]
    public async Task OpenApiV3_Operations_SayWhatKubectlAsks(string server)
    {
        var api = await servers.OpenAsync(server);

        var document = await api.CallUntilAsync("/openapi/v3/apis/conformance.hearth.dev/v1", answer => answer.Code == 200);

        var patch = document.Body["paths"]!["/apis/conformance.hearth.dev/v1/namespaces/{namespace}/widgets/{name}"]!["patch"]!;
        Assert.Contains("fieldValidation", ((JsonArray)patch["parameters"]!).Select(p => (string?)p!["name"]));
        Assert.Equal("Widget", (string?)patch["x-kubernetes-group-version-kind"]!["kind"]);
    }

    [Theory]
    [OnEveryServer]
    public async Task Definitions_OfHearth_AreAcceptedWithoutRemark(string server)
    {
        var api = await servers.OpenAsync(server);

        foreach (var plural in Plurals)
        {
            servers.Installed[(server, $"{plural}.hearth.dev")].Is(201);
            var definition = (await api.GetAsync($"{Api.Definitions}/{plural}.hearth.dev")).Is(200);
            var conditions = (JsonArray)definition.Body["status"]!["conditions"]!;
            Assert.Contains(conditions, c => (string?)c!["type"] == "NamesAccepted" && (string?)c["status"] == "True");
            Assert.DoesNotContain(conditions, c => (string?)c!["type"] == "NonStructuralSchema");
        }
    }

    private const string Version = "'versions':[{'name':'v1','served':true,'storage':true,'schema':{'openAPIV3Schema':{'type':'object'}},";

    [Theory]
    [OnEveryServer("'group':'other.dev'")]
    [OnEveryServer("'scope':'Sideways'")]
    [OnEveryServer("'versions':[]")]
    [OnEveryServer("'names':{'kind':'Bad','plural':'UPPER'}")]
    [OnEveryServer(Version + "'additionalPrinterColumns':[{'name':'A','type':'.spec.a','jsonPath':'.spec.a'}]}]")]
    [OnEveryServer(Version + "'additionalPrinterColumns':[{'name':'A','type':'string','jsonPath':'string'}]}]")]
    public async Task Definition_Unfit_IsInvalid(string server, string change)
    {
        var api = await servers.OpenAsync(server);
        var definition = (JsonObject)Widgets.Definition.DeepClone();
        definition["metadata"]!["name"] = "bads.bad.hearth.dev";
        definition["spec"]!["group"] = "bad.hearth.dev";
        definition["spec"]!["names"] = Objects.Json("{'kind':'Bad','plural':'bads'}");
        foreach (var (name, value) in Objects.Json($$"""{{{change}}}"""))
            definition["spec"]![name] = value?.DeepClone();

        (await api.PostAsync(Api.Definitions, definition)).Is(422, "Invalid");
    }

    [Theory]
    [OnEveryServer]
    public async Task Definition_Deleted_TakesItsObjects(string server)
    {
        var api = await servers.OpenAsync(server);
        var definition = (JsonObject)Widgets.Definition.DeepClone();
        definition["metadata"]!["name"] = "things.gone.hearth.dev";
        definition["spec"]!["group"] = "gone.hearth.dev";
        definition["spec"]!["names"] = Objects.Json("{'kind':'Thing','plural':'things'}");
        await api.CreateAsync(Api.Definitions, definition);
        var path = $"/apis/gone.hearth.dev/v1/namespaces/{api.Namespace}/things";
        await api.CallUntilAsync(path, answer => answer.Code == 200);
        await api.CreateAsync(path, Objects.Json("{'apiVersion':'gone.hearth.dev/v1','kind':'Thing','metadata':{'name':'a'},'spec':{'color':'Red'}}"));

        (await api.DeleteAsync(Api.Definitions + "/things.gone.hearth.dev")).Is(200);

        await api.CallUntilAsync(path, answer => answer.Code == 404);
    }

    private static JsonNode? Schema(Answer document, string kind) => OfKind(document.Body["components"]?["schemas"] as JsonObject, kind);

    private static JsonNode? OfKind(JsonObject? schemas, string kind) => (schemas ?? []).Select(s => s.Value)
        .FirstOrDefault(s => (s?["x-kubernetes-group-version-kind"] as JsonArray ?? []).Any(g => (string?)g!["kind"] == kind));
}
