using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Kinds;
using Hearth.Kubernetes.InMemory.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Passes <c>pods/log</c> on to the pod's node: to <c>/containerLogs/{namespace}/{pod}/{container}</c> of its kubelet port.</summary>
internal sealed class PodLogHandler(ObjectStore store, HttpClient nodes, string? token)
{
    public async Task GetAsync(ApiCall call)
    {
        var pod = store.Require(BuiltInKinds.Pod, call.Namespace, call.Name!);
        var container = Container(pod.Json, call.Query("container"));
        var endpoint = Endpoint(pod.Json);
        // Names of namespaces, pods and containers need no escaping.
        var path = $"/containerLogs/{pod.Key.Namespace}/{pod.Key.Name}/{container}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, path + call.Http.Request.QueryString));
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        try
        {
            using var response = await nodes.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, call.Http.RequestAborted);
            await CopyAsync(response, call.Http);
        }
        catch (HttpRequestException e) when (!call.Http.Response.HasStarted)
        {
            throw Refusal.Unavailable($"the node of pod \"{call.Name}\" does not answer at {endpoint}: {e.Message}");
        }
    }

    private static async Task CopyAsync(HttpResponseMessage response, HttpContext http)
    {
        http.Response.StatusCode = (int)response.StatusCode;
        http.Response.ContentType = response.Content.Headers.ContentType?.ToString() ?? "text/plain";
        // A log that is followed reaches its reader line by line, not buffer by buffer.
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await http.Response.StartAsync(http.RequestAborted);
        using var source = await response.Content.ReadAsStreamAsync(http.RequestAborted);
        await source.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static string Container(JsonObject pod, string? wanted)
    {
        var containers = pod.AtPath("spec.containers").Objects().Concat(pod.AtPath("spec.initContainers").Objects());
        var names = containers.Select(c => c.Text("name") ?? "").ToList();
        if (wanted is null)
        {
            return names.Count == 1
                ? names[0]
                : throw Refusal.BadRequest(
                    $"a container name must be specified for pod {pod.Name()}, choose one of: [{string.Join(' ', names)}]");
        }
        return names.Contains(wanted) ? wanted : throw Refusal.BadRequest($"container {wanted} is not valid for pod {pod.Name()}");
    }

    private Uri Endpoint(JsonObject pod)
    {
        if (pod.AtPath("spec.nodeName").Text() is not { Length: > 0 } name)
            throw Refusal.BadRequest($"pod {pod.Name()} does not have a host assigned");
        var node = store.Require(BuiltInKinds.Node, null, name);
        var address = node.Json.AtPath("status.addresses").Objects().FirstOrDefault(a => a.Text("type") == "InternalIP")?.Text("address");
        var port = node.Json.AtPath("status.daemonEndpoints.kubeletEndpoint.Port").Integer();
        return address is not null && port is not null
            ? new Uri(string.Create(CultureInfo.InvariantCulture, $"http://{address}:{port}"))
            : throw Refusal.Unavailable($"node \"{name}\" reports no InternalIP and kubelet port, so its logs cannot be read");
    }
}
