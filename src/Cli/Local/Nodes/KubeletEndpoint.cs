using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The part of a kubelet's HTTP interface that <c>kubectl logs</c> needs: <c>GET /containerLogs/{namespace}/{pod}/{container}</c>.</summary>
internal sealed class KubeletEndpoint : IAsyncDisposable
{
    /// <summary>The port that kubelets listen on.</summary>
    public const int Port = 10250;

    private const string OwnerPath = "/healthz";

    private readonly WebApplication _app;

    private KubeletEndpoint(WebApplication app) => _app = app;

    /// <summary>Listens on <paramref name="address"/>; null when the address is taken, which means that another node has it.</summary>
    public static async Task<KubeletEndpoint?> TryStartAsync(
        IPAddress address, string owner, string? token, IPodLogs logs, TimeProvider time, CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address, Port));
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, NoLifetime>();
        var app = builder.Build();
        app.MapGet(OwnerPath, context => context.Response.WriteAsync(owner));
        app.MapGet("/containerLogs/{ns}/{pod}/{container}", context => AnswerAsync(context, token, logs, time));
        try
        {
            await app.StartAsync(cancel);
            return new(app);
        }
        catch (IOException e) when (e.InnerException is SocketException or Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await app.DisposeAsync();
            return null;
        }
    }

    /// <summary>Whose endpoint listens on <paramref name="address"/>; null when none answers.</summary>
    public static async Task<string?> ReadOwnerAsync(IPAddress address, CancellationToken cancel)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            return await http.GetStringAsync(new Uri($"http://{address}:{Port}{OwnerPath}"), cancel);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Followers of logs never end by themselves.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private static async Task AnswerAsync(HttpContext context, string? token, IPodLogs logs, TimeProvider time)
    {
        if (!IsAllowed(context.Request, token))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        var route = context.Request.RouteValues;
        var query = context.Request.Query;
        var (ns, pod, container) = ((string)route["ns"]!, (string)route["pod"]!, (string)route["container"]!);
        if (logs.Find(ns, pod, container, previous: query["previous"] == "true") is not { } log)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync($"container \"{container}\" of pod \"{ns}/{pod}\" has no such log on this node");
            return;
        }
        context.Response.ContentType = "text/plain";
        long? tail = long.TryParse(query["tailLines"], CultureInfo.InvariantCulture, out var lines) ? lines : null;
        try
        {
            var follows = query["follow"] == "true";
            await ContainerLog.CopyAsync(log.Path, tail, () => follows && log.IsOpen(), context.Response.Body, time, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The reader left, which is how most of them end.
        }
    }

    private static bool IsAllowed(HttpRequest request, string? token)
    {
        var shown = Encoding.UTF8.GetBytes(request.Headers.Authorization.ToString());
        return token is null || CryptographicOperations.FixedTimeEquals(shown, Encoding.UTF8.GetBytes($"Bearer {token}"));
    }

    /// <summary>Signals are the business of whoever started the node.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
