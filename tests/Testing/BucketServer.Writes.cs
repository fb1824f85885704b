using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Hearth.Testing;

/// <content>What S3 has beside reading: listings, puts on a condition, deletes; in buckets that were made.</content>
public sealed partial class BucketServer
{
    private readonly Lock _writing = new();
    private readonly HashSet<string> _buckets = [];
    private readonly ConcurrentDictionary<string, Dictionary<string, StringValues>> _metadata = new();

    /// <summary>Whether a put is refused when its condition does not hold; a store without takes it all the same.</summary>
    public bool HasConditions { get; set; } = true;

    /// <summary>Called with each object that was put, before the answer: the test may do what it wants to do then. False breaks the connection instead of an answer.</summary>
    public Func<string, Task<bool>> AfterPut { get; set; } = _ => Task.FromResult(true);

    /// <summary>Makes a bucket.</summary>
    public void MakeBucket(string name) => _buckets.Add(name);

    /// <summary>Writes what lies under a prefix to a folder.</summary>
    /// <param name="prefix">With a slash at its start and its end.</param>
    /// <param name="folder">The folder.</param>
    public void CopyTo(string prefix, string folder)
    {
        foreach (var (path, content) in _objects.Where(o => o.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var file = Path.Combine(folder, path[prefix.Length..]);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
    }

    private static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16))}\"";

    /// <summary>Answers what only S3 has; false where it is something else.</summary>
    private async Task<bool> TryAnswerS3Async(HttpContext context)
    {
        var isList = HttpMethods.IsGet(context.Request.Method) && context.Request.Query["list-type"] == "2";
        if (!isList && !HttpMethods.IsPut(context.Request.Method) && !HttpMethods.IsDelete(context.Request.Method))
            return false;
        if (!_buckets.Contains(context.Request.Path.Value!.Split('/')[1]))
            await RefuseAsync(context, StatusCodes.Status404NotFound, "NoSuchBucket");
        else if (isList)
            await ListAsync(context);
        else if (HttpMethods.IsPut(context.Request.Method))
            await PutAsync(context);
        else
            Delete(context);
        return true;
    }

    private async Task PutAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var content = body.ToArray();
        // What the signature says of the body must be so: it is what holds a store to every byte.
        if (context.Request.Headers["x-amz-content-sha256"] != Convert.ToHexStringLower(SHA256.HashData(content)))
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "XAmzContentSHA256Mismatch");
            return;
        }
        if (!TryPut(path, content, context.Request.Headers))
        {
            await RefuseAsync(context, StatusCodes.Status412PreconditionFailed, "PreconditionFailed");
            return;
        }
        if (!await AfterPut(path))
        {
            context.Abort();
            return;
        }
        context.Response.Headers.ETag = TagOf(content);
        Note(context, "PUT");
    }

    private bool TryPut(string path, byte[] content, IHeaderDictionary headers)
    {
        lock (_writing)
        {
            var tag = _objects.TryGetValue(path, out var known) ? TagOf(known) : null;
            if (HasConditions && ((headers.IfNoneMatch == "*" && tag is not null) || (headers.IfMatch.Count > 0 && headers.IfMatch != tag)))
                return false;
            _objects[path] = content;
            _metadata[path] = headers.Where(h => h.Key.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase)).ToDictionary();
            return true;
        }
    }

    private void Delete(HttpContext context)
    {
        lock (_writing)
            _objects.TryRemove(context.Request.Path.Value!, out _);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        Note(context, "DELETE");
    }

    private async Task ListAsync(HttpContext context)
    {
        var bucket = context.Request.Path.Value!.TrimEnd('/') + "/";
        var prefix = bucket + context.Request.Query["prefix"];
        XNamespace ns = "http://s3.amazonaws.com/doc/2006-03-01/";
        var listed = new XElement(
            ns + "ListBucketResult",
            new XElement(ns + "IsTruncated", false),
            from entry in _objects
            where entry.Key.StartsWith(prefix, StringComparison.Ordinal)
            orderby entry.Key
            select new XElement(
                ns + "Contents", new XElement(ns + "Key", entry.Key[bucket.Length..]), new XElement(ns + "ETag", TagOf(entry.Value)), new XElement(ns + "Size", entry.Value.Length)));
        context.Response.ContentType = "application/xml";
        Note(context, "LIST");
        await context.Response.WriteAsync(listed.ToString());
    }
}
