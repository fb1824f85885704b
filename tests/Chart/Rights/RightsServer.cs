using System.Text;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Configuration;
using Hearth.Kubernetes.Crds;
using Hearth.Kubernetes.InMemory.Accounts;
using Hearth.Testing;

namespace Hearth.Chart.Tests.Rights;

/// <summary>
/// What a scenario runs on: a server in memory, which records what each account does, or a real one with the chart's roles, which refuses what they
/// do not grant.
/// </summary>
internal sealed class RightsServer : IAsyncDisposable
{
    private readonly ApiServerFixture? _memory;
    private readonly KubeApiServer? _real;
    private readonly KubernetesClientConfiguration _configuration;
    private readonly HttpClient _http;

    private RightsServer(ApiServerFixture memory)
    {
        _memory = memory;
        _http = memory.Http;
        _configuration = new() { Host = memory.BaseUri.AbsoluteUri, AccessToken = memory.Token };
        Client = memory.Client;
    }

    private RightsServer(KubeApiServer real)
    {
        _real = real;
        _http = real.Http;
        _configuration = real.Configuration;
        Client = new(_configuration, TimeProvider.System);
    }

    private static IEnumerable<JsonObject> Definitions => [.. CrdManifests.Definitions, DaprDefinition.HttpEndpoint];

    /// <summary>A client that may do everything.</summary>
    public KubernetesClient Client { get; }

    public static async Task<RightsServer> InMemoryAsync()
    {
        var memory = new ApiServerFixture { Options = new() { Definitions = [.. Definitions] } };
        await memory.InitializeAsync();
        var server = new RightsServer(memory);
        foreach (var account in (string[])[Scenario.OperatorAccount, Scenario.GatewayAccount])
            await server.PostAsync(Accounts, new JsonObject { ["metadata"] = new JsonObject { ["name"] = account } });
        return server;
    }

    public static async Task<RightsServer> RealAsync()
    {
        var server = new RightsServer(await KubeApiServer.StartAsync());
        await server.PostAsync("/api/v1/namespaces", new JsonObject { ["metadata"] = new JsonObject { ["name"] = HelmChart.Namespace } });
        foreach (var definition in Definitions)
            await server.DefineAsync(definition);
        foreach (var entity in HelmChart.Objects().Where(o => (string)o["kind"]! is "ServiceAccount" or "Role" or "RoleBinding" or "ClusterRole" or "ClusterRoleBinding"))
        {
            var ns = (string?)entity["metadata"]!["namespace"] is { } name ? $"/namespaces/{name}" : "";
            var version = (string)entity["apiVersion"]!;
            await server.PostAsync($"/{(version == "v1" ? "api" : "apis")}/{version}{ns}/{((string)entity["kind"]!).ToLowerInvariant()}s", entity);
        }
        return server;
    }

    /// <summary>What an account asked the server in memory for.</summary>
    public IReadOnlyCollection<ApiAccess> AccessesOf(string account) => _memory!.Server.AccessesOf(HelmChart.Namespace, account);

    /// <summary>A client with the token of a service account of the chart.</summary>
    public async Task<KubernetesClient> ConnectAsync(string account)
    {
        var request = await PostAsync($"{Accounts}/{account}/token", new JsonObject { ["spec"] = new JsonObject { ["expirationSeconds"] = 3600 } });
        return new(_configuration with { AccessToken = (string)request["status"]!["token"]! }, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        if (_memory is not null)
        {
            await _memory.DisposeAsync();
            return;
        }
        Client.Dispose();
        await _real!.DisposeAsync();
    }

    private static string Accounts => $"/api/v1/namespaces/{HelmChart.Namespace}/serviceaccounts";

    /// <summary>Creates a definition and waits until its kind is served.</summary>
    private async Task DefineAsync(JsonObject definition)
    {
        await PostAsync("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition);
        var spec = definition["spec"]!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var answer = await _http.GetAsync($"/apis/{spec["group"]}/{spec["versions"]![0]!["name"]}/{spec["names"]!["plural"]}", patience.Token);
            if (answer.IsSuccessStatusCode)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);
        }
    }

    private async Task<JsonNode> PostAsync(string path, JsonNode body)
    {
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await _http.PostAsync(path, content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"POST {path}: {text}");
        return JsonNode.Parse(text)!;
    }
}
