using Hearth.Api;
using Hearth.Api.Workers;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Functions;

/// <summary>The data port: lets requests in to the role, or refuses them so that they can be sent elsewhere.</summary>
internal sealed class DataEndpoint(AssignmentHost assignments, WorkerMetrics metrics)
{
    private static readonly string Version = typeof(DataEndpoint).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        switch (context.Request.Path.Value)
        {
            case "/v2" or "/v2/":
                await V2Json.WriteAsync(context.Response, StatusCodes.Status200OK, json => V2Json.WriteServer(json, Version));
                return;
            case "/v2/health/live":
                return;
            case "/v2/health/ready":
                // The protocol's "false" is a 4xx.
                var ready = assignments.Current is { Role: not null, Draining: false };
                context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
                return;
            default:
                await EnterAsync(context);
                return;
        }
    }

    private async Task EnterAsync(HttpContext context)
    {
        var meantFor = context.Request.Headers[HearthHeaders.Assignment];
        if (assignments.TryEnter(meantFor.Count > 0 ? meantFor.ToString() : null, out var active) is { } reason)
        {
            await RefuseAsync(context.Response, reason);
            return;
        }
        try
        {
            await active!.Role!.InvokeAsync(context);
        }
        finally
        {
            active!.Gate.Leave();
        }
    }

    private Task RefuseAsync(HttpResponse http, RefusalReason reason)
    {
        metrics.Refused(reason);
        var (name, message) = reason switch
        {
            RefusalReason.NotAssigned => ("notassigned", "This worker does not carry the assignment that the request is meant for."),
            RefusalReason.NotReady => ("notready", "The worker is still taking on its role."),
            RefusalReason.AtCapacity => ("atcapacity", "The worker runs as many requests as the function's concurrency allows."),
            RefusalReason.Draining => ("draining", "The worker is being released."),
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };
        http.Headers[HearthHeaders.Refused] = name;
        return V2Json.WriteErrorAsync(http, StatusCodes.Status503ServiceUnavailable, message);
    }
}
