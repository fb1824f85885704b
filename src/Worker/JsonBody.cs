using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Worker;

/// <summary>Bodies of requests, which are bounded.</summary>
internal static class JsonBody
{
    /// <summary>Holds a request's body to so many bytes; null for any number.</summary>
    public static void Limit(HttpContext context, long? bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytes;
    }

    /// <summary>Reads a body.</summary>
    /// <param name="context">The request.</param>
    /// <param name="type">What it is.</param>
    /// <param name="name">What it is, for people: "an assignment".</param>
    /// <param name="bytes">Most bytes it may have.</param>
    /// <returns>What it says; or why it cannot be read, a sentence.</returns>
    public static async Task<(T? Value, string? Fault)> ReadAsync<T>(HttpContext context, JsonTypeInfo<T> type, string name, long bytes)
        where T : class
    {
        Limit(context, bytes);
        try
        {
            var value = await JsonSerializer.DeserializeAsync(context.Request.Body, type, context.RequestAborted);
            return (value, value is null ? $"The body is null, {name} was expected." : null);
        }
        catch (JsonException e)
        {
            return (null, $"The body is not {name}: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.Message);
        }
    }
}
