using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Hearth.Conformance.Tests;

/// <summary>Plain HTTP calls: what the wire says, without a client's opinion.</summary>
public sealed class Api(HttpClient http, string ns)
{
    public const string Definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    public const string Merge = "application/merge-patch+json";
    public const string JsonPatch = "application/json-patch+json";
    public const string Strategic = "application/strategic-merge-patch+json";
    public const string Apply = "application/apply-patch+yaml";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public string Namespace { get; } = ns;

    public string Widgets => $"/apis/conformance.hearth.dev/v1/namespaces/{Namespace}/widgets";

    public string ConfigMaps => Core("configmaps");

    public string Pods => Core("pods");

    public string Core(string plural) => $"/api/v1/namespaces/{Namespace}/{plural}";

    public string Hearth(string plural) => $"/apis/hearth.dev/v1alpha1/namespaces/{Namespace}/{plural}";

    public Task<Answer> GetAsync(string path, string accept = "application/json") => SendAsync(HttpMethod.Get, path, null, accept: accept);

    public Task<Answer> PostAsync(string path, JsonNode body) => SendAsync(HttpMethod.Post, path, body.ToJsonString());

    public Task<Answer> PutAsync(string path, JsonNode body) => SendAsync(HttpMethod.Put, path, body.ToJsonString());

    public Task<Answer> PatchAsync(string path, string type, string body) => SendAsync(HttpMethod.Patch, path, body, type);

    public Task<Answer> DeleteAsync(string path, string? options = null) => SendAsync(HttpMethod.Delete, path, options);

    public Task<Answer> ApplyAsync(string path, string manager, string body, string query = "") =>
        PatchAsync($"{path}?fieldManager={manager}{query}", Apply, body);

    /// <summary>Creates an object that must be accepted.</summary>
    public async Task<Answer> CreateAsync(string path, JsonNode body) => (await PostAsync(path, body)).Is(201);

    public async Task<Answer> SendAsync(
        HttpMethod method, string path, string? body, string type = "application/json", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("User-Agent", "conformance/1");
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        using var response = await http.SendAsync(request).WaitAsync(Patience);
        var text = await response.Content.ReadAsStringAsync();
        var json = text.StartsWith('{') ? (JsonObject)JsonNode.Parse(text)! : new JsonObject { ["text"] = text };
        return new((int)response.StatusCode, json, response.Headers.TryGetValues("Warning", out var warnings) ? [.. warnings] : []);
    }

    /// <summary>Creates a service account and returns a token of it.</summary>
    public async Task<string> TokenAsync(string account)
    {
        var accounts = Core("serviceaccounts");
        await CreateAsync(accounts, Objects.Json($$$"""{"metadata":{"name":"{{{account}}}"}}"""));
        var issued = await CreateAsync($"{accounts}/{account}/token", Objects.Json("{'spec':{'expirationSeconds':3600}}"));
        return (string)issued.Body["status"]!["token"]!;
    }

    /// <summary>Opens a watch.</summary>
    public async Task<WatchStream> WatchAsync(string path, string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path + (path.Contains('?') ? "&" : "?") + "watch=true");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Patience);
        return new(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Watches until a change is as wanted.</summary>
    public async Task<JsonObject> WatchUntilAsync(string path, Func<JsonObject, bool> isWanted)
    {
        using var watch = await WatchAsync(path);
        while (await watch.NextAsync() is { } change)
        {
            if (isWanted(change))
                return change;
        }
        throw new InvalidOperationException($"The watch of {path} ended before what it was opened for.");
    }

    /// <summary>Waits until a collection has no object of a name.</summary>
    public async Task WaitUntilGoneAsync(string collection, string name)
    {
        var selected = $"{collection}?fieldSelector=metadata.name%3D{name}";
        var list = (await GetAsync(selected)).Is(200);
        if (list.Names.Any())
            await WatchUntilAsync($"{selected}&resourceVersion={list.Version}", change => (string?)change["type"] == "DELETED");
    }

    /// <summary>Asks until the answer is as wanted: for what no watch tells, such as that a new kind is served.</summary>
    public async Task<Answer> CallUntilAsync(string path, Func<Answer, bool> isWanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var answer = await GetAsync(path);
            if (isWanted(answer))
                return answer;
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }
}
