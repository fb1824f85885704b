using System.Collections.Concurrent;
using System.Net;

namespace Hearth.Chart.Tests.Rights;

/// <summary>Records every request as what RBAC would have to allow.</summary>
internal sealed class RecordingHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly ConcurrentDictionary<ApiAction, bool> _seen = new();

    /// <summary>What was asked for, each once.</summary>
    public IReadOnlyCollection<ApiAction> Actions => [.. _seen.Keys];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var action = Read(request);
        _seen.TryAdd(action, true);
        var answer = await base.SendAsync(request, cancellationToken);
        // An API server asks for both rights when an apply makes a new object.
        if (action.Verb == "patch" && answer.StatusCode == HttpStatusCode.Created)
            _seen.TryAdd(action with { Verb = "create", Name = null }, true);
        return answer;
    }

    private static ApiAction Read(HttpRequestMessage request)
    {
        var segments = request.RequestUri!.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, rest) = segments switch
        {
            ["api", _, .. var tail] => ("", tail),
            ["apis", var g, _, .. var tail] => (g, tail),
            _ => throw new InvalidOperationException($"\"{request.RequestUri}\" is no resource"),
        };
        var (ns, path) = rest is ["namespaces", var name, .. { Length: > 0 } inside] ? (name, inside) : (null, rest);
        var target = path.ElementAtOrDefault(1);
        var resource = path.Length > 2 ? $"{path[0]}/{path[2]}" : path[0];
        var verb = request.Method.Method switch
        {
            "GET" when target is not null => "get",
            "GET" => request.RequestUri.Query.Contains("watch=true", StringComparison.Ordinal) ? "watch" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => target is null ? "deletecollection" : "delete",
            var method => throw new InvalidOperationException($"{method} is no verb of RBAC"),
        };
        return new(verb, group, resource, ns, target);
    }
}
