using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Hearth.Testing;

/// <summary>
/// Objects over HTTP as web servers and S3 (path style) give them: entity tags, conditions, ranges, S3's errors in XML; with the faults that a test asks
/// for.
/// </summary>
public sealed partial class BucketServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly WebApplication _app;

    private BucketServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it is, with a slash at the end.</summary>
    public Uri Url => new(_app.Urls.Single());

    /// <summary>Answers so far, as <c>status path range</c>, in order of their heads.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>Answers of <paramref name="path"/> that carried its content, or a part of it.</summary>
    public int Downloads(string path) => _requests.Count(r => r.StartsWith("20", StringComparison.Ordinal) && r.Split(' ')[1] == path);

    /// <summary>Whether a request may see an object; others get 403.</summary>
    public Func<HttpRequest, bool> Allows { get; set; } = _ => true;

    /// <summary>Called with a request before it is answered; true where that was done there.</summary>
    public Func<HttpContext, Task<bool>> Intercept { get; set; } = _ => Task.FromResult(false);

    /// <summary>Bytes of a body after which its connection breaks; null for no break. Asked for each answer with content.</summary>
    public Func<int?> BreakAfter { get; set; } = () => null;

    /// <summary>Whether answers carry an entity tag.</summary>
    public bool HasTags { get; set; } = true;

    /// <summary>Starts a server on a free port of the loopback address.</summary>
    public static async Task<BucketServer> StartAsync()
    {
        var server = new BucketServer();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Puts or replaces an object.</summary>
    /// <param name="path">With a slash at its start; of an S3 object <c>/bucket/key</c>.</param>
    /// <param name="content">Its bytes.</param>
    public void Put(string path, byte[] content) => _objects[path] = content;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (await Intercept(context))
        {
            Note(context, "");
            return;
        }
        var path = context.Request.Path.Value!;
        if (!Allows(context.Request))
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "AccessDenied");
        else if (await TryAnswerS3Async(context))
            return;
        else if (!_objects.TryGetValue(path, out var content))
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchKey");
        else
            await SendAsync(context, content);
    }

    private async Task SendAsync(HttpContext context, byte[] content)
    {
        var tag = TagOf(content);
        var request = context.Request.Headers;
        if (HasTags)
            context.Response.Headers.ETag = tag;
        context.Response.Headers.AcceptRanges = "bytes";
        foreach (var (name, value) in _metadata.GetValueOrDefault(context.Request.Path.Value!) ?? [])
            context.Response.Headers[name] = value;
        if (request.IfMatch.Count > 0 && request.IfMatch != tag)
        {
            await RefuseAsync(context, StatusCodes.Status412PreconditionFailed, "PreconditionFailed");
            return;
        }
        if (HasTags && request.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            Note(context, "");
            return;
        }
        var (from, to) = (0, content.Length);
        if (RangeHeaderValue.TryParse(request.Range.ToString(), out var range) && (StringValues.IsNullOrEmpty(request.IfRange) || request.IfRange == tag))
        {
            var wanted = range.Ranges.Single();
            from = (int)wanted.From!.Value;
            to = (int)Math.Min(content.Length, (wanted.To ?? int.MaxValue - 1) + 1);
            if (from >= content.Length)
            {
                context.Response.Headers.ContentRange = $"bytes */{content.Length}";
                await RefuseAsync(context, StatusCodes.Status416RangeNotSatisfiable, "InvalidRange");
                return;
            }
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            context.Response.Headers.ContentRange = $"bytes {from}-{to - 1}/{content.Length}";
        }
        context.Response.ContentLength = to - from;
        Note(context, request.Range.ToString());
        if (BreakAfter() is { } length && length < to - from)
        {
            // Kestrel closes the connection of an answer that is shorter than it said, after what there is of it; an abort might overtake that.
            await context.Response.Body.WriteAsync(content.AsMemory(from, length));
            return;
        }
        await context.Response.Body.WriteAsync(content.AsMemory(from, to - from));
    }

    private async Task RefuseAsync(HttpContext context, int status, string code)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        Note(context, "");
        await context.Response.WriteAsync($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}, says the server</Message></Error>");
    }

    private void Note(HttpContext context, string range) => _requests.Enqueue($"{context.Response.StatusCode} {context.Request.Path} {range}".TrimEnd());
}
