using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hearth.Testing;

namespace Hearth.Kubernetes.Tests.InMemory;

/// <summary>Plain HTTP calls to a server, answered with status code and body: what the wire says, without a client's opinion.</summary>
internal sealed class ApiClient(ApiServerFixture server)
{
    public const string Functions = "/apis/hearth.dev/v1alpha1/namespaces/default/inferencefunctions";
    public const string Pods = "/api/v1/namespaces/default/pods";
    public const string ConfigMaps = "/api/v1/namespaces/default/configmaps";
    public const string MergePatch = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string StrategicMergePatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";

    public Task<(int Code, JsonObject Body)> GetAsync(string path, string accept = "application/json") => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<(int Code, JsonObject Body)> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body.ToJsonString());

    public Task<(int Code, JsonObject Body)> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    public Task<(int Code, JsonObject Body)> PatchAsync(string path, string type, string body) => SendAsync(HttpMethod.Patch, path, body, type);

    public Task<(int Code, JsonObject Body)> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    /// <summary>Creates an object that must be accepted.</summary>
    public async Task<JsonObject> CreateAsync(string path, JsonNode body)
    {
        var (code, created) = await PostAsync(path, body);
        Assert.True(code == 201, created.ToJsonString());
        return created;
    }

    public async Task<(int Code, JsonObject Body)> SendAsync(
        HttpMethod method, string path, string? body, string type = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Objects.Utf8(body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        using var response = await server.Http.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(30));
        return ((int)response.StatusCode, Objects.Json(await response.Content.ReadAsStringAsync()));
    }
}
