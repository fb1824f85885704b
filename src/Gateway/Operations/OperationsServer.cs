using System.Text.Json;
using Hearth.Api;
using Hearth.Api.Gateways;
using Hearth.Api.Telemetry;
using Hearth.Gateway.Federations;
using Hearth.Gateway.Functions;
using Hearth.Kubernetes.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hearth.Gateway.Operations;

/// <summary>The operations port: health, metrics, and the load that the operator scales by.</summary>
internal sealed class OperationsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public OperationsServer(
        GatewayOptions options, PrometheusTextExporter exporter, Func<string?> whyNotReady, FunctionRegistry registry, FederationActivity federations, TimeProvider time, ILoggerFactory logs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs).AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(ListenAddress.Parse(options.OperationsListen)));
        _app = builder.Build();
        _app.UseRouting();
        _app.MapOperations(exporter, whyNotReady);
        _app.MapGet("/load", (RequestDelegate)(context => WriteLoadAsync(context, options.Identity, registry, federations, time)));
    }

    /// <summary>Starts and returns the base URL.</summary>
    public async Task<string> StartAsync(CancellationToken cancel)
    {
        await _app.StartAsync(cancel);
        return _app.Urls.Single();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static Task WriteLoadAsync(HttpContext context, string identity, FunctionRegistry registry, FederationActivity federations, TimeProvider time)
    {
        var load = new GatewayLoad { Gateway = identity, Time = time.GetUtcNow(), Functions = registry.ReportLoad(), Federations = federations.Report() };
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, load, ApiJsonContext.Default.GatewayLoad, context.RequestAborted);
    }
}
