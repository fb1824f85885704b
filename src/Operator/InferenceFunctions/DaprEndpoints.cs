using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Dapr;
using Hearth.Api.InferenceFunctions;
using Hearth.Api.Meta;
using Hearth.Kubernetes.Client;
using Hearth.Kubernetes.Controllers;

namespace Hearth.Operator.InferenceFunctions;

/// <summary>Keeps a Dapr HTTPEndpoint of each function's name, where Dapr's API is installed.</summary>
/// <remarks>
/// A sidecar that is asked for <c>/v1.0/invoke/{function}/method/{path}</c> calls <c>{spec.baseUrl}/{path}</c> (dapr/dapr, <c>pkg/channel/http</c>), so
/// the base is the function's own URL at the gateway, which holds at zero replicas too. The function owns the endpoint, so both go together.
/// </remarks>
internal sealed class DaprEndpoints(IKubernetesClient client, EventPublisher events, TimeProvider time)
{
    /// <summary>Reason of the event about a name that is taken.</summary>
    public const string NameTaken = "DaprEndpointNameTaken";

    // Endpoints are not watched, for Dapr may be absent: what others did to one is set right after so long, and so is Dapr's arrival seen.
    private static readonly TimeSpan CheckAgain = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, (string Url, DateTimeOffset At)> _checked = new();
    private long _absentUntil;

    /// <summary>Brings the endpoint of <paramref name="function"/> to where the gateways are. Without a known gateway it stays as it is.</summary>
    /// <exception cref="KubernetesException">The API server refuses.</exception>
    public async Task EnsureAsync(InferenceFunction function, string? gatewayUrl, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        if (gatewayUrl is null || now.UtcTicks < Volatile.Read(ref _absentUntil))
            return;
        var url = $"{gatewayUrl.TrimEnd('/')}/functions/{function.Namespace()}/{function.Name()}";
        if (_checked.TryGetValue(function.Uid(), out var last) && last.Url == url && now < last.At + CheckAgain)
            return;
        HttpEndpoint? there;
        try
        {
            there = await client.GetAsync<HttpEndpoint>(function.Name(), function.Namespace(), cancel);
        }
        catch (KubernetesException e) when (e.IsNotFound)
        {
            // The kind itself is not known: no Dapr in this cluster.
            Volatile.Write(ref _absentUntil, (now + CheckAgain).UtcTicks);
            return;
        }
        await CompareAsync(function, there, url, cancel);
        _checked[function.Uid()] = (url, now);
    }

    /// <summary>Forgets a function that is gone.</summary>
    public void Forget(InferenceFunction function) => _checked.TryRemove(function.Uid(), out _);

    private async Task CompareAsync(InferenceFunction function, HttpEndpoint? there, string url, CancellationToken cancel)
    {
        if (there is not null && !there.IsOwnedBy(function))
            await events(function, NameTaken, $"HTTPEndpoint \"{function.Name()}\" is not this function's, so Dapr apps do not reach the function: rename one", true, cancel);
        else if (there?.Spec.BaseUrl != url)
            await client.ApplyAsync<HttpEndpoint>(Make(function, url), cancel: cancel);
    }

    private static JsonObject Make(InferenceFunction function, string url) => new()
    {
        ["apiVersion"] = HttpEndpoint.Definition.ApiVersion,
        ["kind"] = HttpEndpoint.Definition.Kind,
        ["metadata"] = new JsonObject
        {
            ["name"] = function.Name(),
            ["namespace"] = function.Namespace(),
            ["ownerReferences"] = new JsonArray(JsonSerializer.SerializeToNode(function.MakeOwnerReference(), ApiJsonContext.Default.V1OwnerReference)),
        },
        ["spec"] = new JsonObject { ["baseUrl"] = url },
    };
}
