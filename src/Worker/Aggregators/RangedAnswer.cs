using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Hearth.Worker.Aggregators;

/// <summary>Answers with a file: its ETag, 304 where the caller has it, one range of it where that is asked for (RFC 9110, sections 13 and 14).</summary>
internal static class RangedAnswer
{
    private const int BufferLength = 128 << 10;

    /// <summary>Writes the answer.</summary>
    /// <param name="context">The request.</param>
    /// <param name="content">The file, which can seek.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="digest">Its digest, where it is known without reading.</param>
    public static async Task WriteAsync(HttpContext context, Stream content, string type, string? digest)
    {
        var (request, response) = (context.Request, context.Response);
        if (digest is null)
        {
            digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, context.RequestAborted));
            content.Position = 0;
        }
        var tag = new EntityTagHeaderValue($"\"{digest}\"");
        response.Headers.ETag = tag.ToString();
        response.Headers.AcceptRanges = "bytes";
        // Models do not change; who asks for one again may keep it as long as it likes.
        response.Headers.CacheControl = "public, max-age=31536000, immutable";
        var known = request.GetTypedHeaders().IfNoneMatch;
        if (known.Any(other => other.Compare(tag, useStrongComparison: false) || other.Equals(EntityTagHeaderValue.Any)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = type;
        var (start, length) = (0L, content.Length);
        if (FindRange(request, tag) is { } range)
        {
            if (!TryLocate(range, content.Length, out start, out length))
            {
                response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
                response.Headers.ContentRange = new ContentRangeHeaderValue(content.Length).ToString();
                return;
            }
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = new ContentRangeHeaderValue(start, start + length - 1, content.Length).ToString();
        }
        response.ContentLength = length;
        if (HttpMethods.IsHead(request.Method))
            return;
        content.Position = start;
        await CopyAsync(content, response.Body, length, context.RequestAborted);
    }

    /// <summary>The one range that is asked for; null where the whole is to be sent, which is always allowed.</summary>
    private static RangeItemHeaderValue? FindRange(HttpRequest request, EntityTagHeaderValue tag)
    {
        var headers = request.GetTypedHeaders();
        if (headers.Range is not { Ranges.Count: 1 } ranges || !ranges.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase))
            return null;
        return headers.IfRange is null || headers.IfRange.EntityTag?.Compare(tag, useStrongComparison: true) == true ? ranges.Ranges.Single() : null;
    }

    private static bool TryLocate(RangeItemHeaderValue range, long whole, out long start, out long length)
    {
        start = range.From ?? Math.Max(0, whole - (range.To ?? 0));
        var end = range.From is null ? whole : Math.Min(whole, (range.To ?? (whole - 1)) + 1);
        length = end - start;
        return length > 0;
    }

    private static async Task CopyAsync(Stream source, Stream target, long length, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (length > 0)
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, length)), cancellation);
                if (read == 0)
                    throw new EndOfStreamException("The model's file became shorter while it was being sent.");
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation);
                length -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
