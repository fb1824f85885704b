using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Hearth.Kubernetes.Operations;

/// <summary>What every part of Hearth answers on its operations port.</summary>
public static class OperationsEndpoints
{
    /// <summary>
    /// Maps <c>/healthz</c> (the process answers), <c>/readyz</c> (200, or 503 with the reason) and <c>/metrics</c> (Prometheus text).
    /// </summary>
    /// <param name="endpoints">Where to map.</param>
    /// <param name="metrics">Collects from when it was made, so make it first.</param>
    /// <param name="whyNotReady">Null when ready, otherwise the reason in words.</param>
    public static IEndpointRouteBuilder MapOperations(
        this IEndpointRouteBuilder endpoints, PrometheusTextExporter metrics, Func<string?> whyNotReady)
    {
        ProcessMetrics.Start();
        endpoints.MapGet("/healthz", (RequestDelegate)(context => context.Response.WriteAsync("ok", context.RequestAborted)));
        endpoints.MapGet("/readyz", (RequestDelegate)(context => WriteReadinessAsync(context, whyNotReady())));
        endpoints.MapGet("/metrics", (RequestDelegate)(context => WriteMetricsAsync(context, metrics)));
        return endpoints;
    }

    private static Task WriteReadinessAsync(HttpContext context, string? reason)
    {
        context.Response.StatusCode = reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(reason ?? "ok", context.RequestAborted);
    }

    private static Task WriteMetricsAsync(HttpContext context, PrometheusTextExporter metrics)
    {
        context.Response.ContentType = PrometheusTextExporter.ContentType;
        return context.Response.WriteAsync(metrics.Write(), context.RequestAborted);
    }
}
