using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Telemetry;
using Hearth.Api.Workers;
using Hearth.Worker.Artifacts;
using Hearth.Worker.Assignments;
using Hearth.Worker.Functions.V2;
using Hearth.Worker.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Hearth.Worker.Control;

/// <summary>The control port: health, metrics, and the assignment as <see cref="Assignment"/> describes it.</summary>
internal sealed class ControlEndpoint(string token, AssignmentHost assignments, ArtifactCache artifacts, ResidentModels residents, Task ready, PrometheusTextExporter exporter)
{
    private const string Bearer = "Bearer ";
    private const long MaxBodyBytes = 1 << 20;

    private readonly byte[] _token = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Answers a request.</summary>
    public Task InvokeAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/healthz" => WriteTextAsync(context.Response, StatusCodes.Status200OK, "ok\n"),
        "/readyz" => ready.IsCompleted && !assignments.Closed
            ? WriteTextAsync(context.Response, StatusCodes.Status200OK, "ok\n")
            : WriteTextAsync(context.Response, StatusCodes.Status503ServiceUnavailable, assignments.Closed ? "stopping\n" : "starting\n"),
        "/metrics" => WriteTextAsync(context.Response, StatusCodes.Status200OK, exporter.Write(), PrometheusTextExporter.ContentType),
        "/assignment" => AssignmentAsync(context),
        "/artifacts" => ArtifactsAsync(context),
        _ => V2Json.WriteErrorAsync(context.Response, StatusCodes.Status404NotFound, $"There is nothing at '{context.Request.Path}' on the control port."),
    };

    private static async Task WriteTextAsync(HttpResponse http, int status, string text, string contentType = "text/plain; charset=utf-8")
    {
        http.StatusCode = status;
        http.ContentType = contentType;
        await http.WriteAsync(text);
    }

    private Task AssignmentAsync(HttpContext context)
    {
        if (!Authorized(context.Request))
            return RefuseAsync(context.Response);
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
        if (!Authorized(context.Request))
        {
            await RefuseAsync(context.Response);
            return;
        }
        context.Response.ContentType = "application/json";
        var report = artifacts.Report() with { Loaded = residents.Keys(assignments.Current?.Assignment) };
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, ApiJsonContext.Default.ArtifactReport));
    }

    private static Task RefuseAsync(HttpResponse http)
    {
        http.Headers.WWWAuthenticate = "Bearer";
        return V2Json.WriteErrorAsync(http, StatusCodes.Status401Unauthorized, "The bearer token is not that of the worker's pool.");
    }

    private bool Authorized(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        // Digests, so that neither content nor length of the token shows in the time taken.
        return header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(_token, SHA256.HashData(Encoding.UTF8.GetBytes(header[Bearer.Length..])));
    }

    private async Task AssignAsync(HttpContext context)
    {
        var (assignment, fault) = await ReadAssignmentAsync(context);
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

    private static async Task<(Assignment? Assignment, string? Fault)> ReadAssignmentAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBodyBytes;
        try
        {
            var assignment = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJsonContext.Default.Assignment, context.RequestAborted);
            return (assignment, assignment is null ? "The body is null, an assignment was expected." : null);
        }
        catch (JsonException e)
        {
            return (null, $"The body is no assignment: {e.Message}");
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.Message);
        }
    }

    private static byte[] ToLine(AssignmentProgress line) =>
        [.. JsonSerializer.SerializeToUtf8Bytes(line, ApiJsonContext.Default.AssignmentProgress), (byte)'\n'];
}
