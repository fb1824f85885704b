using System.Globalization;
using Hearth.Federation.Protocol;
using Hearth.Federation.Updates;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Aggregators;

/// <summary>Answers <c>PUT rounds/{r}/updates/{client}</c>, whoever stores the update.</summary>
internal static class UpdateAnswer
{
    /// <summary>Reads the request and answers what became of it: 202 where it is stored.</summary>
    public static async Task WriteAsync(HttpContext context, string round, string client, Func<UpdateUpload, CancellationToken, Task<Refusal?>> store)
    {
        // Who stores it knows what an update can have, which may be far more than the server's usual limit.
        JsonBody.Limit(context, null);
        var (upload, refusal) = Read(context.Request, round, client);
        refusal ??= await store(upload!, context.RequestAborted);
        if (refusal is null)
            context.Response.StatusCode = StatusCodes.Status202Accepted;
        else
            await ProtocolAnswer.RefuseAsync(context.Response, refusal);
    }

    private static (UpdateUpload? Upload, Refusal? Refusal) Read(HttpRequest request, string text, string client)
    {
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var round))
            return (null, Invalid($"'{text}' is no round."));
        if (!long.TryParse(request.Headers[FederationHeaders.Examples].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var examples))
            return (null, Invalid($"{FederationHeaders.Examples} is missing or no whole number; it says how many examples the update was trained on."));
        if (!ContentDigest.TryParse(request.Headers[FederationHeaders.ContentDigest].ToString(), out var digest))
            return (null, Invalid($"{FederationHeaders.ContentDigest} is missing or no sha-256=:base64:, the SHA-256 of the body (RFC 9530)."));
        return (new UpdateUpload(round, client, examples, digest, request.ContentLength, request.Body), null);
    }

    private static Refusal Invalid(string message) => new(RefusalKind.InvalidRequest, message);
}
