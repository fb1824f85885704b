using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Federation;
using Hearth.Federation.Protocol;
using Hearth.Federation.Updates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Worker.Aggregators;

/// <summary>The client protocol: <c>POST clients</c>, <c>GET task</c>, <c>GET models/{v}[/model.json]</c>, <c>PUT rounds/{r}/updates/{client}</c>, <c>GET rounds/{r}</c>.</summary>
internal sealed class ClientProtocolEndpoint(Aggregator aggregator)
{
    private const int MaxJoinBytes = 64 << 10;
    private const string ManifestName = "model.json";

    // An answer within a client's or a proxy's usual minute of patience.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(50);
    private static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(30);

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        var path = (context.Request.Path.Value ?? "").Trim('/').Split('/');
        try
        {
            await (path switch
            {
                ["clients"] => ForMethod(context, "POST", JoinAsync),
                ["task"] => ForMethod(context, "GET", TaskAsync),
                ["models", var version] => ForMethod(context, "GET", http => ModelAsync(http, version, description: false)),
                ["models", var version, ManifestName] => ForMethod(context, "GET", http => ModelAsync(http, version, description: true)),
                ["rounds", var round] => ForMethod(context, "GET", http => RoundAsync(http, round)),
                ["rounds", var round, "updates", var client] => ForMethod(context, "PUT", http => UpdateAsync(http, round, client)),
                _ => RefuseAsync(context.Response, StatusCodes.Status404NotFound, ErrorCodes.Route, $"There is nothing at '{context.Request.Path}'. See the client protocol."),
            });
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // No one is there to be told.
        }
    }

    private static Task ForMethod(HttpContext context, string method, Func<HttpContext, Task> answer)
    {
        if (context.Request.Method == method || (method == "GET" && HttpMethods.IsHead(context.Request.Method)))
            return answer(context);
        context.Response.Headers.Allow = method;
        return RefuseAsync(context.Response, StatusCodes.Status405MethodNotAllowed, ErrorCodes.Method, $"'{context.Request.Path}' takes {method}.");
    }

    private async Task JoinAsync(HttpContext context)
    {
        Limit(context, MaxJoinBytes);
        JoinRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, ProtocolJsonContext.Default.JoinRequest, context.RequestAborted);
        }
        catch (JsonException e)
        {
            await RefuseAsync(context.Response, Invalid($"The body is no {{\"id\":...,\"examples\":...}}: {e.Message}"));
            return;
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context.Response, Invalid(e.Message));
            return;
        }
        var (answer, refusal) = request is null ? (null, Invalid("The body is null.")) : aggregator.Join(request);
        await AnswerAsync(context.Response, answer, refusal, ProtocolJsonContext.Default.JoinAnswer);
    }

    private async Task TaskAsync(HttpContext context)
    {
        var client = context.Request.Query["client"].ToString();
        var text = context.Request.Query["wait"].ToString();
        var wait = UsualWait;
        try
        {
            if (text.Length > 0)
                wait = KubernetesDurationConverter.Parse(text);
        }
        catch (FormatException e)
        {
            await RefuseAsync(context.Response, Invalid($"wait: {e.Message}"));
            return;
        }
        if (!ClientId.IsValid(client))
        {
            await RefuseAsync(context.Response, Invalid($"client is not {ClientId.Expected}."));
            return;
        }
        var (task, refusal) = await aggregator.GetTaskAsync(client, wait < LongestWait ? wait : LongestWait, context.RequestAborted);
        if (task is null && refusal is null)
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        else
            await AnswerAsync(context.Response, task, refusal, ProtocolJsonContext.Default.ClientTask);
    }

    private async Task ModelAsync(HttpContext context, string text, bool description)
    {
        if (!TryNumber(text, out var version))
        {
            await RefuseAsync(context.Response, Invalid($"'{text}' is no version of a model."));
            return;
        }
        var (content, digest, refusal) = aggregator.OpenModel(version, description);
        if (refusal is not null)
        {
            await RefuseAsync(context.Response, refusal);
            return;
        }
        await using (content)
            await RangedAnswer.WriteAsync(context, content!, description ? "application/json" : "application/octet-stream", digest);
    }

    private async Task RoundAsync(HttpContext context, string text)
    {
        if (!TryNumber(text, out var number))
        {
            await RefuseAsync(context.Response, Invalid($"'{text}' is no round."));
            return;
        }
        var (report, refusal) = aggregator.GetRound(number);
        if (report is not null && context.Request.Query["client"].ToString() is { Length: > 0 } client)
            report = report.Of(client);
        await AnswerAsync(context.Response, report, refusal, ProtocolJsonContext.Default.RoundReport);
    }

    private async Task UpdateAsync(HttpContext context, string text, string client)
    {
        var request = context.Request;
        // The aggregator knows what an update can have, which may be far more than the server's usual limit.
        Limit(context, null);
        if (!TryNumber(text, out var round))
            await RefuseAsync(context.Response, Invalid($"'{text}' is no round."));
        else if (!long.TryParse(request.Headers[FederationHeaders.Examples].ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var examples))
            await RefuseAsync(context.Response, Invalid($"{FederationHeaders.Examples} is missing or no whole number; it says how many examples the update was trained on."));
        else if (!ContentDigest.TryParse(request.Headers[FederationHeaders.ContentDigest].ToString(), out var digest))
            await RefuseAsync(context.Response, Invalid($"{FederationHeaders.ContentDigest} is missing or no sha-256=:base64:, the SHA-256 of the body (RFC 9530)."));
        else if (await aggregator.StoreAsync(new UpdateUpload(round, client, examples, digest, request.ContentLength, request.Body), context.RequestAborted) is { } refusal)
            await RefuseAsync(context.Response, refusal);
        else
            context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static Refusal Invalid(string message) => new(RefusalKind.InvalidRequest, message);

    private static void Limit(HttpContext context, long? bytes)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytes;
    }

    private static Task AnswerAsync<T>(HttpResponse http, T? answer, Refusal? refusal, JsonTypeInfo<T> type)
        where T : class =>
        refusal is null ? WriteAsync(http, StatusCodes.Status200OK, answer!, type) : RefuseAsync(http, refusal);

    private static Task RefuseAsync(HttpResponse http, Refusal refusal)
    {
        var (status, code) = RefusalAnswers.Of(refusal.Kind);
        if (status is StatusCodes.Status503ServiceUnavailable or StatusCodes.Status429TooManyRequests)
            http.Headers.RetryAfter = "1";
        return WriteAsync(http, status, new ErrorAnswer(code, refusal.Message, refusal.Faults), ProtocolJsonContext.Default.ErrorAnswer);
    }

    private static Task RefuseAsync(HttpResponse http, int status, string code, string message) =>
        WriteAsync(http, status, new ErrorAnswer(code, message), ProtocolJsonContext.Default.ErrorAnswer);

    private static async Task WriteAsync<T>(HttpResponse http, int status, T body, JsonTypeInfo<T> type)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, type);
        http.StatusCode = status;
        http.ContentType = "application/json";
        http.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(http.HttpContext.Request.Method))
            await http.Body.WriteAsync(bytes, http.HttpContext.RequestAborted);
    }
}
