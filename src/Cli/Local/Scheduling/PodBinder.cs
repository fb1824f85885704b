using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Hearth.Api.Core;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Configuration;

namespace Hearth.Cli.Local.Scheduling;

/// <summary>Puts pods on nodes through the <c>binding</c> subresource, the one call of a scheduler that a typed client has no use for.</summary>
internal sealed class PodBinder : IDisposable
{
    private readonly HttpClient _http;

    public PodBinder(KubernetesClientConfiguration cluster)
    {
        _http = new() { BaseAddress = new(cluster.Host) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.AccessToken);
    }

    /// <summary>Binds a pod; false when it is gone, going or bound already.</summary>
    /// <exception cref="HttpRequestException">The server does not answer, or refuses for another reason.</exception>
    public async Task<bool> BindAsync(V1Pod pod, string node, CancellationToken cancel)
    {
        var binding = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Binding",
            ["metadata"] = new JsonObject { ["name"] = pod.Name(), ["namespace"] = pod.Namespace(), ["uid"] = pod.Uid() },
            ["target"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = node },
        };
        using var body = new StringContent(binding.ToJsonString(), Encoding.UTF8, "application/json");
        var path = $"{V1Pod.Definition.ObjectPath(pod.Name(), pod.Namespace())}/binding";
        using var answer = await _http.PostAsync(new Uri(path, UriKind.Relative), body, cancel);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict)
            return false;
        answer.EnsureSuccessStatusCode();
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
