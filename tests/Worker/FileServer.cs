using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Hearth.Worker.Tests;

/// <summary>Serves a folder's files below <c>/models/</c> on a loopback port, and notes what was asked for.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _requests = new();

    private FileServer(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            _requests.Enqueue(context.Request.Path);
            await context.Response.SendFileAsync(Path.Combine(folder, Path.GetFileName(context.Request.Path)!));
        });
    }

    /// <summary>Where it is, with a slash at the end.</summary>
    public Uri Url => new(_app.Urls.Single());

    /// <summary>Paths asked for, in order.</summary>
    public IEnumerable<string> Requests => _requests;

    public static async Task<FileServer> StartAsync(string folder)
    {
        var server = new FileServer(folder);
        await server._app.StartAsync();
        return server;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
