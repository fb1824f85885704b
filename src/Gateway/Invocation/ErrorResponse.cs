using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Hearth.Gateway.Invocation;

/// <summary>Writes the gateway's own answers in Dapr's shape, <c>{"errorCode":"...","message":"failed to invoke, id: ..., err: ..."}</c>.</summary>
internal static class ErrorResponse
{
    /// <summary>Answers with the refusal. The response must not have started. Without the id of a function the message is the refusal's alone.</summary>
    public static async Task WriteAsync(HttpResponse response, string? functionId, Refusal refusal)
    {
        var (status, errorCode, retryAfter) = OutcomeTable.For(refusal.Outcome);
        response.StatusCode = status;
        response.ContentType = "application/json";
        if (retryAfter)
        {
            var seconds = Math.Max(1, Math.Ceiling(refusal.RetryAfter.TotalSeconds));
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }
        var body = Encoding.UTF8.GetBytes(
            $$"""{"errorCode":"{{errorCode}}","message":"{{JsonEncodedText.Encode(Message(functionId, refusal), JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}}"}""");
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    private static string Message(string? functionId, Refusal refusal) => refusal.Outcome switch
    {
        _ when functionId is null => refusal.Detail,
        Outcome.NoTarget or Outcome.Unauthorized => refusal.Detail,
        _ => $"failed to invoke, id: {functionId}, err: {refusal.Detail}",
    };
}
