using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Telemetry;
using Hearth.Api.Workers;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Control;

/// <summary>The control port: health, metrics, and the assignment as <see cref="Assignment"/> describes it.</summary>
internal sealed class ControlEndpoint(
    BearerToken token, AssignmentHost assignments, ArtifactCache artifacts, ResidentModels residents, Task ready, PrometheusTextExporter exporter)
{
    private const long MaxBodyBytes = 1 << 20;

    /// <summary>Answers a request.</summary>
    public Task InvokeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => WriteTextAsync(context.Response, StatusCodes.Status200OK, "ok\n"),
        "/readyz" => ready.IsCompleted && !assignments.Closed
            ? WriteTextAsync(context.Response, StatusCodes.Status200OK, "ok\n")
            : WriteTextAsync(context.Response, StatusCodes.Status503ServiceUnavailable, assignments.Closed ? "stopping\n" : "starting\n"),
        "/metrics" => WriteTextAsync(context.Response, StatusCodes.Status200OK, exporter.Write(), PrometheusTextExporter.ContentType),
        "/assignment" => ForPoolAsync(context, AssignmentAsync),
        "/assignment/plan" => ForPoolAsync(context, PlanAsync),
        "/artifacts" => ForPoolAsync(context, ArtifactsAsync),
        _ => V2Json.WriteErrorAsync(context.Response, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}' on the control port."),
    };

    private static async Task WriteTextAsync(HttpResponse http, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        http.StatusCode = status;
        http.ContentType = contentType;
        await http.WriteAsync(text);
    }

    private Task ForPoolAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        if (token.IsShownBy(context.Request))
            return answer(context);
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return V2Json.WriteErrorAsync(context.Response, StatusCodes.Status401Unauthorized, "The bearer token is not that of the worker's pool.");
    }

    private Task AssignmentAsync(HttpContext context)
    {
        switch (context.Request.Method)
        {
            case "POST":
                return AssignAsync(context);
            case "GET":
                return LatestAsync(context);
            case "DELETE":
                return ReleaseAsync(context);
            default:
                context.Response.Headers.Allow = "POST, GET, DELETE";
                return V2Json.WriteErrorAsync(context.Response, StatusCodes.Status405MethodNotAllowed, "An assignment is posted, got or deleted.");
        }
    }

    private async Task ArtifactsAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        var report = artifacts.Report() with { Loaded = residents.Keys(assignments.Current?.Assignment) };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, ApiJsonContext.Default.ArtifactReport));
    }

    private async Task AssignAsync(HttpContext context)
    {
        var (assignment, fault) = await JsonBody.ReadAsync(context, ApiJsonContext.Default.Assignment, "an assignment", MaxBodyBytes);
        fault ??= assignments.FindFault(assignment!);
        if (fault is not null)
        {
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status400BadRequest, fault);
            return;
        }
        if (assignments.Assign(assignment!) is not { } active)
        {
            var reason = assignments.Current is { } other ? $"The worker carries assignment '{other.Assignment.Id}'." : "The worker is stopping.";
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status409Conflict, reason);
            return;
        }
        context.Response.ContentType = "application/x-ndjson";
        await foreach (var line in active.Progress.ReadAsync(context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(ToLine(line), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task LatestAsync(HttpContext context)
    {
        if (assignments.Current?.Progress.Latest is not { } latest)
        {
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status404NotFound, "The worker is idle.");
            return;
        }
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(ToLine(latest));
    }

    private async Task ReleaseAsync(HttpContext context)
    {
        if (await assignments.ReleaseAsync() is { } unclean)
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status409Conflict, unclean);
        else
            await V2Json.WriteAsync(context.Response, StatusCodes.Status200OK, _ => { });
    }

    private async Task PlanAsync(HttpContext context)
    {
        if (context.Request.Method != HttpMethods.Put)
        {
            context.Response.Headers.Allow = "PUT";
            await V2Json.WriteErrorAsync(context.Response, StatusCodes.Status405MethodNotAllowed, "A plan is put.");
            return;
        }
        var (plan, fault) = await JsonBody.ReadAsync(context, ApiJsonContext.Default.AggregationPlan, "a plan", MaxBodyBytes);
        var meantFor = context.Request.Headers[HearthHeaders.Assignment];
        var (status, reason) = (fault, assignments.Current) switch
        {
            ({ } unread, _) => (StatusCodes.Status400BadRequest, unread),
            (_, null) => (StatusCodes.Status404NotFound, "The worker is idle."),
            (_, { } current) when meantFor.Count > 0 && meantFor != current.Assignment.Id => (StatusCodes.Status409Conflict, $"The worker carries assignment '{current.Assignment.Id}'."),
            (_, { Role: null }) => (StatusCodes.Status409Conflict, "The worker is still taking on its role."),
            (_, { Role: { } role }) => role.Follow(plan!) switch
            {
                null => (StatusCodes.Status404NotFound, "The worker leads no aggregators."),
                { Count: > 0 } faults => (StatusCodes.Status400BadRequest, $"The plan cannot be followed: {string.Join("; ", faults)}."),
                _ => (StatusCodes.Status204NoContent, ""),
            },
        };
        if (status == StatusCodes.Status204NoContent)
            context.Response.StatusCode = status;
        else
            await V2Json.WriteErrorAsync(context.Response, status, reason);
    }

    private static byte[] ToLine(AssignmentProgress line) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(line, ApiJsonContext.Default.AssignmentProgress), (byte)'\n'];
}
