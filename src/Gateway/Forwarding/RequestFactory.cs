using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hearth.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Hearth.Gateway.Forwarding;

/// <summary>Makes the request to a worker from the caller's.</summary>
internal static class RequestFactory
{
    private const string TraceParent = "traceparent";

    // The path must reach the function byte for byte: no unescaping, no removal of dots.
    private static readonly UriCreationOptions RawPath = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The request to send.</summary>
    /// <param name="context">The caller's request.</param>
    /// <param name="destination">Worker, path and how to mark the request.</param>
    /// <param name="upgrade">Whether the caller asks to change the protocol.</param>
    /// <param name="content">The body, or null.</param>
    public static HttpRequestMessage Make(HttpContext context, ForwardDestination destination, bool upgrade, HttpContent? content)
    {
        var caller = context.Request;
        var request = new HttpRequestMessage
        {
            Method = HttpMethod.Parse(caller.Method),
            RequestUri = new Uri(destination.Address + destination.PathAndQuery, RawPath),
            Content = content,
            Version = IsGrpc(caller) ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        CopyHeaders(caller.Headers, request);
        if (upgrade)
        {
            request.Headers.TryAddWithoutValidation(HeaderNames.Connection, HeaderNames.Upgrade);
            request.Headers.TryAddWithoutValidation(HeaderNames.Upgrade, (IEnumerable<string?>)caller.Headers.Upgrade);
        }
        AddForwarded(context, request);
        AddTrace(caller.Headers, request);
        if (destination.FunctionId is { } function)
            request.Headers.TryAddWithoutValidation("dapr-callee-app-id", function);
        if (destination.Assignment is { } assignment)
            request.Headers.TryAddWithoutValidation(HearthHeaders.Assignment, assignment);
        return request;
    }

    private static void CopyHeaders(IHeaderDictionary from, HttpRequestMessage to)
    {
        var connection = from.Connection;
        foreach (var (name, values) in from)
        {
            if (!HopByHop.Contains(name, connection) && !IsReplaced(name))
                Add(to, name, values);
        }
        // gRPC servers insist on it, and it only says that we take trailers, which is true.
        if (HopByHop.HasToken(from.TE, "trailers"))
            to.Headers.TryAddWithoutValidation(HeaderNames.TE, "trailers");
    }

    private static void Add(HttpRequestMessage request, string name, StringValues values)
    {
        if (values.Count == 1)
        {
            if (!request.Headers.TryAddWithoutValidation(name, values[0]))
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, values[0]);
        }
        else if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
        {
            (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }

    /// <summary>Headers that the gateway writes itself, and HTTP/2's pseudo headers.</summary>
    private static bool IsReplaced(string name) => name.Length > 0 && (name[0] == ':' || (name[0] | 0x20) switch
    {
        'h' => Is(name, HeaderNames.Host) || Is(name, HearthHeaders.Assignment),
        'x' => Is(name, "X-Forwarded-For") || Is(name, "X-Forwarded-Host") || Is(name, "X-Forwarded-Proto"),
        'f' => Is(name, "Forwarded"),
        't' => Is(name, TraceParent),
        'd' => Is(name, "dapr-callee-app-id"),
        // The length is the content's own.
        'c' => Is(name, HeaderNames.ContentLength),
        _ => false,
    });

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says who called, where and how, behind what proxies before us said (RFC 7239 and its de-facto forerunners).</summary>
    private static void AddForwarded(HttpContext context, HttpRequestMessage request)
    {
        var caller = context.Request;
        var host = caller.Headers.Host.ToString();
        var address = context.Connection.RemoteIpAddress;
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        var client = address?.ToString() ?? "unknown";
        var node = address?.AddressFamily == AddressFamily.InterNetworkV6 ? $"\"[{client}]\"" : client;
        Append(request, "X-Forwarded-For", caller.Headers["X-Forwarded-For"], client);
        Append(request, "X-Forwarded-Host", caller.Headers["X-Forwarded-Host"], host);
        Append(request, "X-Forwarded-Proto", caller.Headers["X-Forwarded-Proto"], caller.Scheme);
        Append(request, "Forwarded", caller.Headers["Forwarded"], $"for={node};host=\"{host}\";proto={caller.Scheme}");
    }

    private static void Append(HttpRequestMessage request, string name, StringValues before, string value) =>
        request.Headers.TryAddWithoutValidation(name, before.Count == 0 ? value : $"{before}, {value}");

    /// <summary>Passes the caller's trace on, or starts one that is not sampled, so that the worker's log can be joined to the gateway's.</summary>
    private static void AddTrace(IHeaderDictionary from, HttpRequestMessage request)
    {
        if (from.TryGetValue(TraceParent, out var trace) && trace.Count > 0)
            request.Headers.TryAddWithoutValidation(TraceParent, trace[0]);
        else
            request.Headers.TryAddWithoutValidation(TraceParent, $"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00");
    }

    private static bool IsGrpc(HttpRequest caller) =>
        HttpProtocol.IsHttp2(caller.Protocol) && caller.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true;
}
