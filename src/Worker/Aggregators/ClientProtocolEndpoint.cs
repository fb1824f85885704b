using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using Hearth.Api.Meta;
using Hearth.Federation;
using Hearth.Federation.Protocol;
using Microsoft.AspNetCore.Http;

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
                ["rounds", var round, "updates", var client] => ForMethod(context, "PUT", http => UpdateAnswer.WriteAsync(http, round, client, aggregator.StoreAsync)),
                _ => ProtocolAnswer.RefuseAsync(context.Response, StatusCodes.Status404NotFound, ErrorCodes.Route, $"There is nothing at '{context.Request.Path}'. See the client protocol."),
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
        return ProtocolAnswer.RefuseAsync(context.Response, StatusCodes.Status405MethodNotAllowed, ErrorCodes.Method, $"'{context.Request.Path}' takes {method}.");
    }

    private async Task JoinAsync(HttpContext context)
    {
        var (request, fault) = await JsonBody.ReadAsync(context, ProtocolJsonContext.Default.JoinRequest, "{\"id\":...,\"examples\":...}", MaxJoinBytes);
        var (answer, refusal) = request is null ? (null, Invalid(fault!)) : aggregator.Join(request);
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
            await ProtocolAnswer.RefuseAsync(context.Response, Invalid($"wait: {e.Message}"));
            return;
        }
        if (!ClientId.IsValid(client))
        {
            await ProtocolAnswer.RefuseAsync(context.Response, Invalid($"client is not {ClientId.Expected}."));
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
            await ProtocolAnswer.RefuseAsync(context.Response, Invalid($"'{text}' is no version of a model."));
            return;
        }
        var (content, digest, refusal) = aggregator.OpenModel(version, description);
        if (refusal is not null)
        {
            await ProtocolAnswer.RefuseAsync(context.Response, refusal);
            return;
        }
        await using (content)
            await RangedAnswer.WriteAsync(context, content!, description ? "application/json" : "application/octet-stream", digest);
    }

    private async Task RoundAsync(HttpContext context, string text)
    {
        if (!TryNumber(text, out var number))
        {
            await ProtocolAnswer.RefuseAsync(context.Response, Invalid($"'{text}' is no round."));
            return;
        }
        var (report, refusal) = aggregator.GetRound(number);
        if (report is not null && context.Request.Query["client"].ToString() is { Length: > 0 } client)
            report = report.Of(client);
        await AnswerAsync(context.Response, report, refusal, ProtocolJsonContext.Default.RoundReport);
    }

    private static bool TryNumber(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static Refusal Invalid(string message) => new(RefusalKind.InvalidRequest, message);

    private static Task AnswerAsync<T>(HttpResponse http, T? answer, Refusal? refusal, JsonTypeInfo<T> type)
        where T : class =>
        refusal is null ? ProtocolAnswer.WriteAsync(http, StatusCodes.Status200OK, answer!, type) : ProtocolAnswer.RefuseAsync(http, refusal);
}
