using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>What a user of kubectl sees.</summary>
public sealed class KubectlTests : IAsyncLifetime
{
    private readonly ApiServerFixture _server = new();
    private ApiClient _api = null!;
    private Kubectl _kubectl = null!;

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _api = new(_server);
        _kubectl = new(_server.Server);
    }

    public async Task DisposeAsync()
    {
        _kubectl.Dispose();
        await _server.DisposeAsync();
    }

    [KubectlFact]
    public async Task Apply_NewUnchangedAndChanged_SaysWhich()
    {
        Assert.Contains("inferencefunction.hearth.dev/digits created", await _kubectl.SucceedAsync("apply", "-f", Function("digits")));
        Assert.Contains("digits unchanged", await _kubectl.SucceedAsync("apply", "-f", Function("digits")));
        Assert.Contains("digits configured", await _kubectl.SucceedAsync("apply", "-f", Function("digits", "suspend: true")));
        Assert.Equal("true", await _kubectl.SucceedAsync("get", "fn", "digits", "-o", "jsonpath={.spec.suspend}"));
        Assert.Contains("digits configured", await _kubectl.SucceedAsync("apply", "-f", Function("digits")));
        Assert.Equal("false", await _kubectl.SucceedAsync("get", "fn", "digits", "-o", "jsonpath={.spec.suspend}"));
    }

    [KubectlFact]
    public async Task Apply_UnknownField_IsRefusedByName()
    {
        var (code, output) = await _kubectl.RunAsync("apply", "-f", Function("digits", "foo: 1"));

        Assert.Equal(1, code);
        Assert.Contains("strict decoding error: unknown field \"spec.foo\"", output);
    }

    [KubectlFact]
    public async Task Apply_InvalidFunction_ListsEveryFault()
    {
        var (code, output) = await _kubectl.RunAsync("apply", "-f", Function("digits", "scale: {min: -1, max: 5000}"));

        Assert.Equal(1, code);
        Assert.Contains("The InferenceFunction \"digits\" is invalid:", output);
        Assert.Contains("* spec.scale.min: Invalid value: -1: spec.scale.min in body should be greater than or equal to 0", output);
        Assert.Contains("* spec.scale.max: Invalid value: 5000: spec.scale.max in body should be less than or equal to 1000", output);
    }

    [KubectlFact]
    public async Task ApplyServerSide_FieldOfAnotherManager_IsAConflictUntilForced()
    {
        await _kubectl.SucceedAsync("apply", "--server-side", "-f", Function("digits", "concurrency: 2"));
        await _api.PatchAsync(ApiClient.Functions + "/digits?fieldManager=other", ApiClient.MergePatch, """{"spec":{"concurrency":3}}""");

        var (code, output) = await _kubectl.RunAsync("apply", "--server-side", "-f", Function("digits", "concurrency: 4"));
        Assert.Equal(1, code);
        Assert.Contains("conflict with \"other\"", output);

        Assert.Contains("serverside-applied", await _kubectl.SucceedAsync("apply", "--server-side", "--force-conflicts", "-f", Function("digits", "concurrency: 4")));
    }

    [KubectlFact]
    public async Task Get_Functions_ShowsOurColumns()
    {
        await _kubectl.SucceedAsync("apply", "-f", Function("digits"));
        await _api.PatchAsync(ApiClient.Functions + "/digits/status", ApiClient.MergePatch, """
            {"status":{"url":"http://x","trafficSummary":"digits-1 100%","replicas":{"ready":1,"starting":0},"conditions":[{"type":"Ready","status":"True","reason":"Serving","message":"m"}]}}
            """);

        var lines = (await _kubectl.SucceedAsync("get", "fn", "-o", "wide")).Split('\n');

        Assert.Equal(["NAME", "READY", "REASON", "REPLICAS", "TRAFFIC", "URL", "AGE", "POOL", "COLD-START"], Words(lines[0]));
        Assert.Equal(["digits", "True", "Serving", "1", "digits-1", "100%", "http://x"], Words(lines[1])[..7]);
        Assert.Contains("inferencefunction.hearth.dev/digits", await _kubectl.SucceedAsync("get", "hearth", "-A", "-l", "app in (demo)", "-o", "name"));
        await _kubectl.SucceedAsync("wait", "--for=condition=Ready", "fn/digits", "--timeout=30s");
    }

    [KubectlFact]
    public async Task Edit_ByLabelAnnotatePatchAndScale_Works()
    {
        await _kubectl.SucceedAsync("apply", "-f", Function("digits"));

        await _kubectl.SucceedAsync("label", "fn", "digits", "tier=gold");
        await _kubectl.SucceedAsync("annotate", "fn", "digits", "note=x");
        await _kubectl.SucceedAsync("patch", "fn", "digits", "--type", "merge", "-p", """{"spec":{"concurrency":4}}""");
        await _kubectl.SucceedAsync("patch", "fn", "digits", "--type", "json", "-p", """[{"op":"replace","path":"/spec/pool","value":"gpu"}]""");
        await _kubectl.SucceedAsync("scale", "fn", "digits", "--replicas=2");

        var (_, function) = await _api.GetAsync(ApiClient.Functions + "/digits");
        var (metadata, spec) = (function["metadata"]!, function["spec"]!);
        Assert.Equal(("gold", "x"), (metadata["labels"]!["tier"]!.ToString(), metadata["annotations"]!["note"]!.ToString()));
        Assert.Equal((4, "gpu", 2), ((int)spec["concurrency"]!, spec["pool"]!.ToString(), (int)spec["scale"]!["min"]!));
    }

    [KubectlFact]
    public async Task CreateToken_OfAnAccount_NamesTheCaller()
    {
        await _kubectl.SucceedAsync("create", "serviceaccount", "robot");

        var token = (await _kubectl.SucceedAsync("create", "token", "robot", "--duration=20m")).Trim();

        using var http = new HttpClient { BaseAddress = _server.BaseUri };
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var review = await http.PostAsync("/apis/authentication.k8s.io/v1/selfsubjectreviews", content);
        Assert.Contains("system:serviceaccount:default:robot", await review.Content.ReadAsStringAsync());
        Assert.Contains("system:masters", await _kubectl.SucceedAsync("auth", "whoami"));
    }

    [KubectlFact]
    public async Task Describe_FunctionPodAndNode_ShowTheirEvents()
    {
        await _kubectl.SucceedAsync("apply", "-f", Function("digits"));
        await CreatePodOnNodeAsync(port: 1);
        await _api.CreateAsync("/api/v1/namespaces/default/events", await EventAsync("InferenceFunction", ApiClient.Functions + "/digits", "WorkerClaimed"));
        await _api.CreateAsync("/api/v1/namespaces/default/events", await EventAsync("Pod", ApiClient.Pods + "/p", "Started"));

        Assert.Matches("Normal +WorkerClaimed", await _kubectl.SucceedAsync("describe", "fn", "digits"));
        Assert.Matches("Normal +Started", await _kubectl.SucceedAsync("describe", "pod", "p"));
        Assert.Contains("Non-terminated Pods:", await _kubectl.SucceedAsync("describe", "node", "n"));
        Assert.Contains("inferencefunction/digits", await _kubectl.SucceedAsync("get", "events"));
    }

    [KubectlFact]
    public async Task Logs_OfAPod_ComeFromItsNode()
    {
        using var kubelet = new HttpListener();
        var port = LoopbackPort.Free();
        kubelet.Prefixes.Add($"http://127.0.0.1:{port}/");
        kubelet.Start();
        await CreatePodOnNodeAsync(port);

        var logs = _kubectl.SucceedAsync("logs", "p", "--tail=3");
        var request = await kubelet.GetContextAsync().WaitAsync(TimeSpan.FromSeconds(30));
        request.Response.OutputStream.Write(Encoding.UTF8.GetBytes("hello from the worker\n"));
        request.Response.Close();

        Assert.Equal("hello from the worker\n", await logs);
        Assert.Equal("/containerLogs/default/p/main", request.Request.Url!.AbsolutePath);
        Assert.Equal("3", request.Request.QueryString["tailLines"]);
    }

    [KubectlFact]
    public async Task Watch_Functions_PrintsEachChange()
    {
        await _kubectl.SucceedAsync("apply", "-f", Function("first"));
        using var watch = _kubectl.Start("get", "fn", "-w");
        try
        {
            await watch.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));
            Assert.StartsWith("first ", await watch.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));

            await _api.CreateAsync(ApiClient.Functions, Objects.NewFunction("second"));

            Assert.StartsWith("second ", await watch.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30)));
        }
        finally
        {
            watch.Kill();
        }
    }

    [KubectlFact]
    public async Task Namespaces_AndTheirContent_ComeAndGo()
    {
        await _kubectl.SucceedAsync("create", "namespace", "team");
        await _kubectl.SucceedAsync("-n", "team", "create", "secret", "generic", "s", "--from-literal=a=b");
        await _kubectl.SucceedAsync("-n", "team", "create", "configmap", "c", "--from-literal=a=b");
        await _kubectl.SucceedAsync("-n", "team", "apply", "-f", Function("digits"));
        Assert.Equal("Yg==", await _kubectl.SucceedAsync("-n", "team", "get", "secret", "s", "-o", "jsonpath={.data.a}"));

        await _kubectl.SucceedAsync("delete", "namespace", "team", "--timeout=30s");

        Assert.Equal(404, (await _api.GetAsync("/api/v1/namespaces/team")).Code);
        Assert.Contains("No resources found", (await _kubectl.RunAsync("get", "fn,secret,cm", "-A")).Output);
    }

    [KubectlFact]
    public async Task Delete_ByFile_WaitsUntilItIsGone()
    {
        var manifest = Function("digits");
        await _kubectl.SucceedAsync("apply", "-f", manifest);

        Assert.Contains("inferencefunction.hearth.dev \"digits\" deleted", await _kubectl.SucceedAsync("delete", "-f", manifest, "--timeout=30s"));

        var (code, output) = await _kubectl.RunAsync("get", "fn", "digits");
        Assert.Equal(1, code);
        Assert.Contains("Error from server (NotFound): inferencefunctions.hearth.dev \"digits\" not found", output);
    }

    [KubectlFact]
    public async Task Discovery_AndExplain_KnowOurKinds()
    {
        var resources = await _kubectl.SucceedAsync("api-resources");
        Assert.Matches(@"inferencefunctions +fn +hearth.dev/v1alpha1 +true +InferenceFunction", resources);
        Assert.Matches(@"workerpools +wp +hearth.dev/v1alpha1 +true +WorkerPool", resources);

        var explained = await _kubectl.SucceedAsync("explain", "fn.spec.scale");
        Assert.Contains("How many workers serve, and for how long after the last request.", explained);
        Assert.Contains("targetConcurrency\t<integer>", explained);
    }

    private async Task CreatePodOnNodeAsync(int port)
    {
        await _api.CreateAsync("/api/v1/nodes", Objects.Json($$"""
            {
              "metadata": {"name": "n"},
              "status": {"addresses": [{"type": "InternalIP", "address": "127.0.0.1"}], "daemonEndpoints": {"kubeletEndpoint": {"Port": {{port}} } } }
            }
            """));
        await _api.CreateAsync(ApiClient.Pods, Objects.NewPod("p"));
        await _api.PostAsync(ApiClient.Pods + "/p/binding", Objects.Json("""{"target":{"kind":"Node","name":"n"}}"""));
    }

    private async Task<JsonObject> EventAsync(string kind, string path, string reason)
    {
        var metadata = (await _api.GetAsync(path)).Body["metadata"]!;
        return Objects.Json($$"""
            {
              "metadata": {"generateName": "e-"}, "type": "Normal", "reason": "{{reason}}", "message": "so it was", "count": 1,
              "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z",
              "involvedObject": {"kind": "{{kind}}", "namespace": "default", "name": "{{metadata["name"]}}", "uid": "{{metadata["uid"]}}"}
            }
            """);
    }

    private string Function(string name, string extra = "suspend: false") => _kubectl.Manifest($$"""
        apiVersion: hearth.dev/v1alpha1
        kind: InferenceFunction
        metadata:
          name: {{name}}
          labels: {app: demo}
        spec:
          model: {uri: "file:///models/digits.onnx"}
          {{extra}}

        """);

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
