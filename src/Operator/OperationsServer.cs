using Hearth.Api.Telemetry;
using Hearth.Kubernetes.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Hearth.Operator;

/// <summary>The operations port: health and metrics.</summary>
internal static class OperationsServer
{
    /// <summary>Starts to listen; the address is in <see cref="WebApplication.Urls"/>.</summary>
    public static async Task<WebApplication> StartAsync(
        string listen, PrometheusTextExporter exporter, Func<string?> whyNotReady, ILoggerFactory logs, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.Services.AddSingleton(logs).AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseUrls(listen);
        var app = builder.Build();
        app.UseRouting();
        app.MapOperations(exporter, whyNotReady);
        await app.StartAsync(cancel);
        return app;
    }
}
