using System.Text.Json.Nodes;
using Hearth.Kubernetes.InMemory.Accounts;
using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>
/// Asks who is calling, takes the path apart and hands the request to its handler. Refusals become Kubernetes' Status here and nowhere else.
/// </summary>
internal sealed partial class ApiRouter(
    Authenticator authenticator, AccessLog accesses, KindRegistry kinds, DiscoveryHandler discovery, OpenApiHandler openApi, OpenApiV2Handler openApiV2, ReadHandler reads, WatchHandler watches,
    WriteHandler writes, PodLogHandler logs, ILogger<ApiRouter> logger)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RouteAsync(http);
        }
        catch (StatusException e) when (!http.Response.HasStarted)
        {
            await ApiResponse.WriteAsync(http, e.Status);
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            var reason = e.StatusCode == StatusCodes.Status413PayloadTooLarge ? Refusal.TooLargeReason : "BadRequest";
            await ApiResponse.WriteAsync(http, Refusal.Make(e.StatusCode, reason, e.Message).Status);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to tell.
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            Log.Failed(logger, http.Request.Method, http.Request.Path, e);
            await ApiResponse.WriteAsync(http, Refusal.Make(500, "InternalError", $"Internal error occurred: {e.Message}").Status);
        }
    }

    private async Task RouteAsync(HttpContext http)
    {
        var segments = (http.Request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (segments is ["healthz" or "livez" or "readyz", ..])
        {
            await ApiResponse.WriteTextAsync(http, "ok");
            return;
        }
        if (segments is ["version"])
        {
            await ApiResponse.WriteAsync(http, StatusCodes.Status200OK, Version());
            return;
        }
        var caller = authenticator.Identify(http.Request);
        var isGet = HttpMethods.IsGet(http.Request.Method);
        if (isGet && (await discovery.TryAnswerAsync(http, segments) || await openApi.TryAnswerAsync(http, segments)
            || await openApiV2.TryAnswerAsync(http, segments)))
            return;
        if (HttpMethods.IsPost(http.Request.Method) && segments is ["apis", "authentication.k8s.io", "v1", "selfsubjectreviews"])
        {
            await ApiResponse.WriteAsync(http, StatusCodes.Status201Created, Authenticator.Review(caller));
            return;
        }
        var call = Parse(http, segments);
        accesses.Note(caller, call);
        await DispatchAsync(call);
        accesses.NoteOutcome(caller, call);
    }

    /// <summary>Takes <c>/api/v1/...</c> or <c>/apis/{group}/{version}/...</c> apart.</summary>
    private ApiCall Parse(HttpContext http, string[] segments)
    {
        var (group, version, rest) = segments switch
        {
            ["api", var v, .. var tail] => ("", v, tail),
            ["apis", var g, var v, .. var tail] => (g, v, tail),
            _ => throw Refusal.UnknownPath(),
        };
        // /namespaces/{name}/status is a subresource of a namespace, /namespaces/{name}/pods a collection in it.
        if (rest is ["namespaces", var ns, var plural, .. var target] && kinds.Find(group, version, plural) is { Namespaced: true } content)
            return Call(http, content, ns, target);
        if (rest is [var resource, .. var path] && kinds.Find(group, version, resource) is { } kind)
            return Call(http, kind, null, path);
        throw Refusal.UnknownPath();
    }

    private static ApiCall Call(HttpContext http, ResourceKind kind, string? ns, string[] path)
    {
        if (path.Length > 2 || (kind.Namespaced && ns is null && path.Length > 0))
            throw Refusal.UnknownPath();
        var subresource = path.Length > 1 ? path[1] : null;
        if (subresource is not null && !kind.Subresources().Any(s => s.Name == subresource))
            throw Refusal.UnknownPath();
        return new(http, kind, ns, path.Length > 0 ? path[0] : null, subresource);
    }

    private Task DispatchAsync(ApiCall call)
    {
        var isCollection = call.Name is null;
        return call.Http.Request.Method switch
        {
            "GET" when call.Subresource == "log" => logs.GetAsync(call),
            "GET" when call.Subresource is null && call.Flag("watch") => watches.WatchAsync(call),
            "GET" when isCollection => reads.ListAsync(call),
            "GET" when call.Subresource is not ("binding" or "token") => reads.GetAsync(call),
            "POST" when isCollection && (!call.Kind.Namespaced || call.Namespace is not null) => writes.CreateAsync(call),
            "POST" when call.Subresource is "binding" or "token" => writes.CreateAsync(call),
            "PUT" when IsWritable(call) => writes.UpdateAsync(call),
            "PATCH" when IsWritable(call) => writes.PatchAsync(call),
            "DELETE" when isCollection => writes.DeleteCollectionAsync(call),
            "DELETE" when call.Subresource is null => writes.DeleteAsync(call),
            _ => throw Refusal.MethodNotAllowed(),
        };
    }

    private static bool IsWritable(ApiCall call) => call.Name is not null && call.Subresource is (null or "status" or "scale");

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.0+hearth",
        ["gitCommit"] = "",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2026-01-01T00:00:00Z",
        ["goVersion"] = "",
        ["compiler"] = "",
        ["platform"] = $"linux/{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}",
    };

    private static partial class Log
    {
        [LoggerMessage(EventId = 311, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
        public static partial void Failed(ILogger logger, string method, string path, Exception exception);
    }
}
