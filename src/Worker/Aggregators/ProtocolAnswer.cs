using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Federation.Protocol;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators;

/// <summary>Answers of the client protocol.</summary>
internal static class ProtocolAnswer
{
    /// <summary>Says why a request is refused.</summary>
    public static Task RefuseAsync(HttpResponse http, Refusal refusal)
    {
        var (status, code) = RefusalAnswers.Of(refusal.Kind);
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            http.Headers.RetryAfter = "1";
        return WriteAsync(http, status, new ErrorAnswer(code, refusal.Message, refusal.Faults), ProtocolJsonContext.Default.ErrorAnswer);
    }

    /// <summary>Says why a request is none of the protocol's.</summary>
    public static Task RefuseAsync(HttpResponse http, int status, string code, string message) =>
        WriteAsync(http, status, new ErrorAnswer(code, message), ProtocolJsonContext.Default.ErrorAnswer);

    /// <summary>Answers a body; none to HEAD.</summary>
    public static async Task WriteAsync<T>(HttpResponse http, int status, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        http.StatusCode = status;
        http.ContentType = "application/json";
        http.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.HttpContext.Request.Method))
            await http.Body.WriteAsync(bytes, http.HttpContext.RequestAborted);
    }
}
