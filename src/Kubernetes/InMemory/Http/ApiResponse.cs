using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Api;
using Hearth.Api.Meta;
using Hearth.Kubernetes.InMemory.Kinds;
using Microsoft.AspNetCore.Http;

namespace Hearth.Kubernetes.InMemory.Http;

/// <summary>Writes answers.</summary>
internal static class ApiResponse
{
    public static Task WriteAsync(HttpContext http, int code, JsonNode body) =>
        WriteAsync(http, code, body.PrintUtf8());

    public static async Task WriteAsync(HttpContext http, int code, ReadOnlyMemory<byte> utf8)
    {
        http.Response.StatusCode = code;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = utf8.Length;
        await http.Response.Body.WriteAsync(utf8, http.RequestAborted);
    }

    public static Task WriteTextAsync(HttpContext http, string text)
    {
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(text, http.RequestAborted);
    }

    public static Task WriteAsync(HttpContext http, V1Status status)
    {
        if (status.Details?.RetryAfterSeconds is { } seconds)
            http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToNode(status, ApiJsonContext.Default.V1Status)!;
        return WriteAsync(http, status.Code ?? StatusCodes.Status200OK, body);
    }

    /// <summary>The answer to a delete that left nothing behind.</summary>
    public static V1Status Deleted(ResourceKind kind, JsonObject entity) => new()
    {
        Metadata = new(),
        Status = "Success",
        Details = Refusal.Details(kind, entity.Name()) with { Uid = entity.Uid() },
    };

    /// <summary>Warnings as Kubernetes sends them (RFC 7234, code 299).</summary>
    public static void AddWarnings(HttpContext http, IEnumerable<string> warnings)
    {
        foreach (var warning in warnings)
            http.Response.Headers.Append("Warning", $"299 - {JsonValue.Create(warning).Print()}");
    }
}
