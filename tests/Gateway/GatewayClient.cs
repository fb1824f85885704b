using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Hearth.Api;

namespace Hearth.Gateway.Tests;

/// <summary>A caller of a gateway.</summary>
internal sealed class GatewayClient(GatewayServer server)
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(server.Url), Timeout = GatewayWorld.Patience };

    public GatewayServer Server => server;

    public Task<HttpResponseMessage> InvokeAsync(string function = "fn", HttpMethod? method = null, string path = "predict") =>
        _http.SendAsync(new(method ?? HttpMethod.Post, $"/v1.0/invoke/{function}/method/{path}"));

    /// <summary>Invokes one revision, whatever the traffic's split.</summary>
    public Task<HttpResponseMessage> InvokeRevisionAsync(string revision, string function = "fn")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"/v1.0/invoke/{function}/method/predict");
        request.Headers.Add(HearthHeaders.Revision, revision);
        return _http.SendAsync(request);
    }

    public async Task<JsonNode> GetOperationsAsync(string path) =>
        (await _http.GetFromJsonAsync<JsonNode>(new Uri(new Uri(server.OperationsUrl), path)))!;

    /// <summary>The status and Dapr's error of an answer.</summary>
    public static async Task<(HttpStatusCode Status, string Code, string Message)> ReadErrorAsync(HttpResponseMessage response)
    {
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return (response.StatusCode, error["errorCode"]!.GetValue<string>(), error["message"]!.GetValue<string>());
    }

    /// <summary>Completes when the gateway knows the function: it reports its load from then on.</summary>
    public async Task WaitForAsync(string function)
    {
        using var patience = new CancellationTokenSource(GatewayWorld.Patience);
        while (true)
        {
            var load = await GetOperationsAsync("/load");
            if (load["functions"]!.AsArray().Any(entry => entry!["name"]!.GetValue<string>() == function))
                return;
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
