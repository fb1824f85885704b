using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using Hearth.Gateway.Activations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Hearth.Gateway.Forwarding;

/// <summary>Passes a worker's answer over HTTP/2 on to the caller.</summary>
internal static class AnswerCopier
{
    private const int MinRead = 512;
    private const int DefaultRead = 16 * 1024;
    private const int MaxRead = 64 * 1024;

    /// <summary>Status and headers, unchanged but for those of the connection.</summary>
    public static void CopyHead(HttpResponseMessage from, HttpResponse to, ColdStartBreakdown? coldStart)
    {
        to.StatusCode = (int)from.StatusCode;
        if (from.ReasonPhrase is { } reason)
            to.HttpContext.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase = reason;
        var connection = new StringValues(from.Headers.NonValidated.TryGetValues("Connection", out var named) ? named.ToString() : null);
        CopyHeaders(from.Headers.NonValidated, connection, to.Headers);
        CopyHeaders(from.Content.Headers.NonValidated, connection, to.Headers);
        coldStart?.WriteTo(to.Headers);
    }

    /// <summary>
    /// The body. What has arrived goes on as soon as nothing more is there to read, so an event stream is never held back, and a small
    /// answer leaves in one write together with its head.
    /// </summary>
    public static async Task CopyBodyAsync(HttpResponseMessage from, PipeWriter to, CancellationToken cancel)
    {
        await using var body = await from.Content.ReadAsStreamAsync(cancel);
        var size = Math.Clamp(from.Content.Headers.ContentLength ?? DefaultRead, MinRead, MaxRead);
        var buffer = ArrayPool<byte>.Shared.Rent((int)size);
        try
        {
            var headSent = false;
            var unflushed = 0;
            while (true)
            {
                var reading = body.ReadAsync(buffer, cancel);
                if ((!reading.IsCompleted && (unflushed > 0 || !headSent)) || unflushed >= MaxRead)
                {
                    await to.FlushAsync(cancel);
                    headSent = true;
                    unflushed = 0;
                }
                var read = await reading;
                if (read == 0)
                    break;
                // Not Write(): it asks for memory without a size, and Kestrel may then give none while the head is unsent.
                buffer.AsSpan(0, read).CopyTo(to.GetSpan(read));
                to.Advance(read);
                unflushed += read;
            }
            if (unflushed > 0)
                await to.FlushAsync(cancel);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Trailers, where the caller's protocol has them.</summary>
    public static void CopyTrailers(HttpResponseMessage from, HttpResponse to)
    {
        if (!to.SupportsTrailers())
            return;
        foreach (var (name, values) in from.TrailingHeaders.NonValidated)
            to.AppendTrailer(name, ToStringValues(values));
    }

    private static void CopyHeaders(HttpHeadersNonValidated from, StringValues connection, IHeaderDictionary to)
    {
        foreach (var (name, values) in from)
        {
            if (!HopByHop.Contains(name, connection))
                to[name] = ToStringValues(values);
        }
    }

    private static StringValues ToStringValues(HeaderStringValues values) => values.Count == 1 ? values.ToString() : values.ToArray();
}
