using System.Net;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.InMemory;
using Hearth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>What the wire says of single objects. Every test uses names of its own, so they share a server.</summary>
public sealed class InMemoryApiServerTests(ApiServerFixture server) : IClassFixture<ApiServerFixture>
{
    private readonly ApiClient _api = new(server);

    [Fact]
    public async Task Kubeconfig_Always_Authenticates()
    {
        await using var own = await InMemoryApiServer.StartAsync(
            new InMemoryApiServerOptions(), TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, own.Kubeconfig());
            using var client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(file), TimeProvider.System);

            Assert.NotNull(await client.GetAsync<V1Namespace>("default", null));
            Assert.DoesNotContain(own.Token, client.BaseUri.AbsoluteUri, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("/api")]
    [InlineData("/apis/hearth.dev/v1alpha1/workerpools")]
    [InlineData("/openapi/v3")]
    public async Task Request_WithoutToken_IsUnauthorized(string path)
    {
        using var anonymous = new HttpClient { BaseAddress = server.BaseUri };

        using var response = await anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Unauthorized", Objects.Json(await response.Content.ReadAsStringAsync())["reason"]!.ToString());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/version")]
    public async Task Request_ForHealth_NeedsNoToken(string path)
    {
        using var anonymous = new HttpClient { BaseAddress = server.BaseUri };

        using var response = await anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Create_Function_IsCompletedByTheServer()
    {
        var created = await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("completed"));

        var metadata = created["metadata"]!;
        Assert.True(Guid.TryParse(metadata["uid"]!.ToString(), out _));
        Assert.Equal("1", metadata["generation"]!.ToJsonString());
        Assert.NotNull(metadata["resourceVersion"]);
        Assert.NotNull(metadata["creationTimestamp"]);
        Assert.Equal("default", metadata["namespace"]!.ToString());
        Assert.Equal("1m", created["spec"]!["timeout"]!.ToString());
    }

    [Fact]
    public async Task Create_Twice_AlreadyExists()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("twice"));

        var (code, status) = await _api.PostAsync(ApiClient.Functions, Objects.NewFunction("twice"));

        Assert.Equal((409, "AlreadyExists"), (code, status["reason"]!.ToString()));
        Assert.Equal("inferencefunctions.hearth.dev \"twice\" already exists", status["message"]!.ToString());
    }

    [Fact]
    public async Task Get_Absent_IsNotFound()
    {
        var (code, status) = await _api.GetAsync(ApiClient.Pods + "/absent");

        Assert.Equal((404, "NotFound", "pods \"absent\" not found"), (code, status["reason"]!.ToString(), status["message"]!.ToString()));
    }

    [Fact]
    public async Task Create_InAbsentNamespace_IsNotFound()
    {
        var (code, status) = await _api.PostAsync("/api/v1/namespaces/absent/pods", Objects.NewPod("p"));

        Assert.Equal((404, "namespaces \"absent\" not found"), (code, status["message"]!.ToString()));
    }

    [Fact]
    public async Task Create_WithGenerateName_GetsASuffix()
    {
        var pod = Objects.NewPod("");
        pod["metadata"] = new JsonObject { ["generateName"] = "worker-" };

        var created = await _api.CreateAsync(ApiClient.Pods, pod);

        Assert.Matches("^worker-[a-z0-9]{5}$", created["metadata"]!["name"]!.ToString());
    }

    [Fact]
    public async Task Create_InvalidFunction_NamesEveryFault()
    {
        var function = Objects.NewFunction("invalid");
        function["spec"]!["scale"] = JsonNode.Parse("""{"min":-1,"max":0}""");

        var (code, status) = await _api.PostAsync(ApiClient.Functions, function);

        Assert.Equal((422, "Invalid"), (code, status["reason"]!.ToString()));
        Assert.StartsWith("InferenceFunction.hearth.dev \"invalid\" is invalid: [spec.scale.min: Invalid value: -1:", status["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(["spec.scale.min", "spec.scale.max"], status["details"]!["causes"]!.AsArray().Select(c => c!["field"]!.ToString()));
    }

    [Fact]
    public async Task Create_FunctionAgainstARuleOfItsKind_IsInvalid()
    {
        var function = Objects.NewFunction("rule");
        function["spec"]!["scale"] = JsonNode.Parse("""{"min":5,"max":3}""");

        var (code, status) = await _api.PostAsync(ApiClient.Functions, function);

        Assert.Equal(422, code);
        Assert.Equal("InferenceFunction.hearth.dev \"rule\" is invalid: spec.scale.max: Invalid value: \"object\": must not be below min", status["message"]!.ToString());
    }

    [Theory]
    [InlineData("Invalid_Name", "metadata.name")]
    [InlineData("", "metadata.name")]
    public async Task Create_BadName_IsInvalid(string name, string field)
    {
        var (code, status) = await _api.PostAsync(ApiClient.ConfigMaps, Objects.NewConfigMap(name));

        Assert.Equal((422, field), (code, status["details"]!["causes"]![0]!["field"]!.ToString()));
    }

    [Theory]
    [InlineData("""{"metadata":{"name":"x","labels":{"a":1}}}""")]
    [InlineData("""{"metadata":[]}""")]
    [InlineData("""{"metadata":{"name":7}}""")]
    [InlineData("""{"metadata":{"name":"x","ownerReferences":[1]}}""")]
    [InlineData("""{"apiVersion":"v2","metadata":{"name":"x"}}""")]
    [InlineData("""{"kind":"Pod","metadata":{"name":"x"}}""")]
    [InlineData("""{"metadata":{"name":"x","namespace":"other"}}""")]
    [InlineData("""{"data":{"a":"1","a":"2"}}""")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Create_MalformedBody_IsABadRequest(string body)
    {
        var (code, status) = await _api.SendAsync(HttpMethod.Post, ApiClient.ConfigMaps, body);

        Assert.Equal((400, "BadRequest"), (code, status["reason"]!.ToString()));
    }

    [Fact]
    public async Task Create_UnknownFieldUnderStrict_IsRefused()
    {
        var function = Objects.NewFunction("strict");
        function["spec"]!["foo"] = 1;

        var (code, status) = await _api.PostAsync(ApiClient.Functions + "?fieldValidation=Strict", function);

        Assert.Equal(400, code);
        Assert.Equal(
            "InferenceFunction in version \"v1alpha1\" cannot be handled as a InferenceFunction: strict decoding error: unknown field \"spec.foo\"",
            status["message"]!.ToString());
    }

    [Fact]
    public async Task Create_UnknownFieldUnderWarn_IsPrunedWithAWarning()
    {
        var function = Objects.NewFunction("warned");
        function["spec"]!["foo"] = 1;
        using var content = new StringContent(function.ToJsonString(), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json"));

        using var response = await server.Http.PostAsync(ApiClient.Functions + "?fieldValidation=Warn", content);

        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("299 - \"unknown field \\\"spec.foo\\\"\"", response.Headers.GetValues("Warning").Single());
        Assert.Null(Objects.Json(await response.Content.ReadAsStringAsync())["spec"]!["foo"]);
    }

    [Fact]
    public async Task Create_DryRun_StoresNothing()
    {
        var (code, _) = await _api.PostAsync(ApiClient.ConfigMaps + "?dryRun=All", Objects.NewConfigMap("dry"));

        Assert.Equal(201, code);
        Assert.Equal(404, (await _api.GetAsync(ApiClient.ConfigMaps + "/dry")).Code);
    }

    [Fact]
    public async Task Update_StaleVersion_IsAConflict()
    {
        var first = await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap("stale"));
        first["data"]!["key"] = "2";
        Assert.Equal(200, (await _api.PutAsync(ApiClient.ConfigMaps + "/stale", first)).Code);

        var (code, status) = await _api.PutAsync(ApiClient.ConfigMaps + "/stale", first);

        Assert.Equal((409, "Conflict"), (code, status["reason"]!.ToString()));
        Assert.Equal(
            "Operation cannot be fulfilled on configmaps \"stale\": the object has been modified; please apply your changes to the latest version and try again",
            status["message"]!.ToString());
    }

    [Fact]
    public async Task Update_NothingChanged_KeepsTheVersion()
    {
        var first = await _api.CreateAsync(ApiClient.ConfigMaps, Objects.NewConfigMap("same"));

        var (_, second) = await _api.PutAsync(ApiClient.ConfigMaps + "/same", first);

        Assert.Equal(first["metadata"]!["resourceVersion"]!.ToString(), second["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task Update_FunctionWithoutVersion_IsInvalid()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("unversioned"));

        var (code, status) = await _api.PutAsync(ApiClient.Functions + "/unversioned", Objects.NewFunction("unversioned"));

        Assert.Equal((422, "metadata.resourceVersion"), (code, status["details"]!["causes"]![0]!["field"]!.ToString()));
    }

    [Fact]
    public async Task Generation_CountsChangesOfTheSpecAlone()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("generations"));
        var path = ApiClient.Functions + "/generations";

        await _api.PatchAsync(path, ApiClient.MergePatch, """{"metadata":{"labels":{"a":"b"}}}""");
        await _api.PatchAsync(path + "/status", ApiClient.MergePatch, """{"status":{"replicas":{"ready":1,"starting":0}}}""");
        Assert.Equal("1", (await _api.GetAsync(path)).Body["metadata"]!["generation"]!.ToJsonString());

        await _api.PatchAsync(path, ApiClient.MergePatch, """{"spec":{"suspend":true}}""");
        Assert.Equal("2", (await _api.GetAsync(path)).Body["metadata"]!["generation"]!.ToJsonString());
    }

    [Fact]
    public async Task Status_AndSpec_AreWrittenApart()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("apart"));
        var path = ApiClient.Functions + "/apart";

        var (_, main) = await _api.PatchAsync(path, ApiClient.MergePatch, """{"spec":{"suspend":true},"status":{"url":"http://x"}}""");
        Assert.True((bool)main["spec"]!["suspend"]!);
        Assert.Null(main["status"]);

        var (_, status) = await _api.PatchAsync(path + "/status", ApiClient.MergePatch, """{"spec":{"suspend":false},"status":{"url":"http://x"}}""");
        Assert.True((bool)status["spec"]!["suspend"]!);
        Assert.Equal("http://x", status["status"]!["url"]!.ToString());
    }

    [Fact]
    public async Task Patch_WithStaleVersion_IsAConflict()
    {
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("claimed"));

        var (code, _) = await _api.PatchAsync(
            ApiClient.Pods + "/claimed", ApiClient.MergePatch, """{"metadata":{"resourceVersion":"1","labels":{"state":"claimed"}}}""");

        Assert.Equal(409, code);
    }

    [Fact]
    public async Task Patch_StrategicOnACustomResource_IsNotSupported()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("strategic"));

        var (code, status) = await _api.PatchAsync(ApiClient.Functions + "/strategic", ApiClient.StrategicMergePatch, "{}");

        Assert.Equal((415, "UnsupportedMediaType"), (code, status["reason"]!.ToString()));
    }

    [Fact]
    public async Task Patch_FixedPartOfAPod_IsForbidden()
    {
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("fixed"));
        var path = ApiClient.Pods + "/fixed";

        Assert.Equal(200, (await _api.PatchAsync(path, ApiClient.StrategicMergePatch, """{"spec":{"containers":[{"name":"main","image":"new"}]}}""")).Code);
        var (code, status) = await _api.PatchAsync(path, ApiClient.MergePatch, """{"spec":{"nodeName":"n"}}""");

        Assert.Equal((422, "spec"), (code, status["details"]!["causes"]![0]!["field"]!.ToString()));
    }

    [Fact]
    public async Task Apply_TwoManagers_OwnTheirFields()
    {
        var path = ApiClient.ConfigMaps + "/applied";
        var (created, _) = await _api.PatchAsync(path + "?fieldManager=a", ApiClient.ApplyPatch, """{"apiVersion":"v1","kind":"ConfigMap","data":{"x":"1","y":"1"}}""");
        Assert.Equal(201, created);

        var (conflict, status) = await _api.PatchAsync(path + "?fieldManager=b", ApiClient.ApplyPatch, "apiVersion: v1\nkind: ConfigMap\ndata: {x: '2'}");
        Assert.Equal((409, "Conflict"), (conflict, status["reason"]!.ToString()));
        Assert.Equal("Apply failed with 1 conflict: conflict with \"a\": .data.x", status["message"]!.ToString());

        Assert.Equal(200, (await _api.PatchAsync(path + "?fieldManager=b&force=true", ApiClient.ApplyPatch, "apiVersion: v1\nkind: ConfigMap\ndata: {x: '2'}")).Code);
        var (_, last) = await _api.PatchAsync(path + "?fieldManager=a", ApiClient.ApplyPatch, """{"apiVersion":"v1","kind":"ConfigMap"}""");
        Assert.Equal("""{"x":"2"}""", last["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Apply_StatusOfAFunction_LeavesTheSpecAlone()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("status-applied"));
        const string Wanted = """
            {
              "apiVersion": "hearth.dev/v1alpha1", "kind": "InferenceFunction", "metadata": {"name": "status-applied"}, "spec": {"suspend": true},
              "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "Serving", "message": ""}]}
            }
            """;
        var path = ApiClient.Functions + "/status-applied/status?fieldManager=hearth&force=true";

        var (code, first) = await _api.PatchAsync(path, ApiClient.ApplyPatch, Wanted);
        var (_, second) = await _api.PatchAsync(path, ApiClient.ApplyPatch, Wanted);

        Assert.True(code == 200, first.ToJsonString());
        Assert.False((bool)first["spec"]!["suspend"]!);
        Assert.Equal("Ready", first["status"]!["conditions"]![0]!["type"]!.ToString());
        Assert.Equal(first["metadata"]!["resourceVersion"]!.ToString(), second["metadata"]!["resourceVersion"]!.ToString());
    }

    [Fact]
    public async Task Scale_OfAFunction_ReadsAndWritesItsMinimum()
    {
        await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("scaled"));
        var path = ApiClient.Functions + "/scaled/scale";

        var (_, patched) = await _api.PatchAsync(path, ApiClient.MergePatch, """{"spec":{"replicas":3}}""");
        Assert.Equal(("Scale", 3), (patched["kind"]!.ToString(), (int)patched["spec"]!["replicas"]!));

        patched["spec"]!["replicas"] = 2;
        Assert.Equal(200, (await _api.PutAsync(path, patched)).Code);
        Assert.Equal(2, (int)(await _api.GetAsync(ApiClient.Functions + "/scaled")).Body["spec"]!["scale"]!["min"]!);
        Assert.Equal(409, (await _api.PutAsync(path, patched)).Code);
    }

    [Fact]
    public async Task Create_SecretWithStringData_StoresItAsData()
    {
        var secret = await _api.CreateAsync("/api/v1/namespaces/default/secrets", Objects.Json("""{"metadata":{"name":"s"},"stringData":{"token":"abc"}}"""));

        Assert.Equal("YWJj", secret["data"]!["token"]!.ToString());
        Assert.Null(secret["stringData"]);
        Assert.Equal("Opaque", secret["type"]!.ToString());
    }

    [Fact]
    public async Task Binding_SecondScheduler_IsAConflict()
    {
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("bound"));
        var binding = Objects.Json("""{"target":{"kind":"Node","name":"n1"}}""");

        Assert.Equal(201, (await _api.PostAsync(ApiClient.Pods + "/bound/binding", binding)).Code);
        Assert.Equal(409, (await _api.PostAsync(ApiClient.Pods + "/bound/binding", binding)).Code);
        Assert.Equal("n1", (await _api.GetAsync(ApiClient.Pods + "/bound")).Body["spec"]!["nodeName"]!.ToString());
    }

    [Theory]
    [InlineData("GET", "/apis/absent.example.com/v1/things", 404)]
    [InlineData("GET", "/api/v1/namespaces/default/pods/x/absent", 404)]
    [InlineData("GET", "/nothing", 404)]
    [InlineData("POST", "/api/v1/pods", 405)]
    [InlineData("PUT", "/api/v1/namespaces/default/pods", 405)]
    [InlineData("DELETE", "/api/v1/namespaces/default/pods/x/status", 405)]
    public async Task Request_UnknownPathOrVerb_IsRefused(string method, string path, int expected) =>
        Assert.Equal(expected, (await _api.SendAsync(new HttpMethod(method), path, method == "GET" ? null : "{}")).Code);

    [Theory]
    [InlineData(3, false)]
    [InlineData(3, true)]
    [InlineData(40, false)]
    [InlineData(40, true)]
    public async Task Create_BodyAboveTheLimit_IsTooLarge(int mebibytes, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiClient.ConfigMaps);
        request.Headers.TransferEncodingChunked = chunked;
        request.Content = new StringContent(Objects.NewConfigMap("large", new string('x', mebibytes << 20)).ToJsonString());

        using var response = await server.Http.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(60));
        var status = Objects.Json(await response.Content.ReadAsStringAsync());

        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "RequestEntityTooLarge"), (response.StatusCode, status["reason"]!.ToString()));
        Assert.Equal(404, (await _api.GetAsync(ApiClient.ConfigMaps + "/large")).Code);
    }

    [Fact]
    public async Task Create_LargeBodyWithoutToken_IsUnauthorized()
    {
        using var anonymous = new HttpClient { BaseAddress = server.BaseUri };
        using var content = new StringContent(new string('x', 8 << 20));

        using var response = await anonymous.PostAsync(ApiClient.ConfigMaps, content).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Create_Definition_ServesItsKindAtOnce()
    {
        var definition = Objects.Json("""
            {
              "metadata": {"name": "widgets.example.com"},
              "spec": {
                "group": "example.com", "scope": "Cluster", "names": {"kind": "Widget", "plural": "widgets"},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {"type": "object", "properties": {"spec": {"type": "object"}}}}}]
              }
            }
            """);

        var created = await _api.CreateAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        var widget = await _api.CreateAsync("/apis/example.com/v1/widgets", Objects.Json("""{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{}}"""));

        Assert.Contains(created["status"]!["conditions"]!.AsArray(), c => c!["type"]!.ToString() == "Established");
        Assert.Equal("Widget", widget["kind"]!.ToString());

        await _api.DeleteAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com");
        Assert.Equal(404, (await _api.GetAsync("/apis/example.com/v1/widgets")).Code);
    }
}
