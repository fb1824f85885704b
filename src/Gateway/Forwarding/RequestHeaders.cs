using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Hearth.Api;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Hearth.Gateway.Forwarding;

/// <summary>Makes the headers of a request to a worker from the caller's, whatever the protocol towards the worker.</summary>
internal static class RequestHeaders
{
    private const string TraceParent = "traceparent";
    private const string ForwardedFor = "X-Forwarded-For";
    private const string ForwardedHost = "X-Forwarded-Host";
    private const string ForwardedProto = "X-Forwarded-Proto";
    private const string Forwarded = "Forwarded";
    private const string Callee = "dapr-callee-app-id";

    // Of a name RFC 9110's tokens; of a value all that cannot end the line. Kestrel lets neither through, but a header smuggled here would be the worker's.
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> EndsLine = SearchValues.Create("\r\n\0");

    /// <summary>Writes all headers but those of connection, host and body.</summary>
    /// <param name="context">The caller's request.</param>
    /// <param name="destination">How to mark the request.</param>
    /// <param name="to">Takes the headers.</param>
    public static void Write(HttpContext context, in ForwardDestination destination, IHeaderSink to)
    {
        var from = context.Request.Headers;
        var connection = from.Connection;
        foreach (var (name, values) in from)
        {
            if (!HopByHop.Contains(name, connection) && !IsReplaced(name))
                Write(to, name, values);
        }
        // gRPC servers insist on it, and it only says that we take trailers, which is true.
        if (from.TE.Count > 0 && HopByHop.HasToken(from.TE, "trailers"))
            Write(to, HeaderNames.TE, "trailers");
        WriteForwarded(context, to);
        WriteTrace(from, to);
        if (destination.FunctionId is { } function)
            Write(to, Callee, function);
        if (destination.Assignment is { } assignment)
            Write(to, HearthHeaders.Assignment, assignment);
    }

    /// <summary>Writes a header, each value as one of its own. What would break the message is left out.</summary>
    public static void Write(IHeaderSink to, string name, StringValues values)
    {
        if (name.AsSpan().ContainsAnyExcept(Token))
            return;
        foreach (var value in values)
        {
            if (value is null || value.AsSpan().ContainsAny(EndsLine))
                continue;
            to.Begin(name);
            to.Append(value);
            to.End();
        }
    }

    /// <summary>Headers that the gateway writes itself, and HTTP/2's pseudo headers.</summary>
    private static bool IsReplaced(string name) => name.Length == 0 || name[0] == ':' || (name[0] | 0x20) switch
    {
        'h' => Is(name, HeaderNames.Host) || Is(name, HearthHeaders.Assignment),
        'x' => Is(name, ForwardedFor) || Is(name, ForwardedHost) || Is(name, ForwardedProto),
        'f' => Is(name, Forwarded),
        't' => Is(name, TraceParent),
        'd' => Is(name, Callee),
        'c' => Is(name, HeaderNames.ContentLength),
        'e' => Is(name, HeaderNames.Expect),
        _ => false,
    };

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says who called, where and how, behind what proxies before us said (RFC 7239 and its de-facto forerunners).</summary>
    private static void WriteForwarded(HttpContext context, IHeaderSink to)
    {
        var caller = context.Request;
        var from = caller.Headers;
        ReadOnlySpan<char> host = from.Host.ToString();
        if (host.ContainsAny(EndsLine))
            host = default;
        Span<char> buffer = stackalloc char[64];
        var client = Format(context.Connection.RemoteIpAddress, buffer, out var isV6);
        Begin(to, ForwardedFor, from[ForwardedFor]);
        to.Append(client);
        to.End();
        Begin(to, ForwardedHost, from[ForwardedHost]);
        to.Append(host);
        to.End();
        Begin(to, ForwardedProto, from[ForwardedProto]);
        to.Append(caller.Scheme);
        to.End();
        Begin(to, Forwarded, from[Forwarded]);
        to.Append(isV6 ? "for=\"[" : "for=");
        to.Append(client);
        to.Append(isV6 ? "]\";host=\"" : ";host=\"");
        to.Append(host);
        to.Append("\";proto=");
        to.Append(caller.Scheme);
        to.End();
    }

    private static ReadOnlySpan<char> Format(IPAddress? address, Span<char> buffer, out bool isV6)
    {
        if (address is { IsIPv4MappedToIPv6: true })
            address = address.MapToIPv4();
        isV6 = address?.AddressFamily == AddressFamily.InterNetworkV6;
        return address is not null && address.TryFormat(buffer, out var length) ? buffer[..length] : "unknown";
    }

    private static void Begin(IHeaderSink to, string name, StringValues before)
    {
        to.Begin(name);
        foreach (var value in before)
        {
            if (value is null || value.AsSpan().ContainsAny(EndsLine))
                continue;
            to.Append(value);
            to.Append(", ");
        }
    }

    /// <summary>Passes the caller's trace on, or starts one that is not sampled, so that the worker's log can be joined to the gateway's.</summary>
    private static void WriteTrace(IHeaderDictionary from, IHeaderSink to)
    {
        var given = from.TraceParent;
        if (given.Count > 0)
        {
            Write(to, TraceParent, given[0]);
            return;
        }
        to.Begin(TraceParent);
        to.Append("00-");
        to.Append(ActivityTraceId.CreateRandom().ToHexString());
        to.Append("-");
        to.Append(ActivitySpanId.CreateRandom().ToHexString());
        to.Append("-00");
        to.End();
    }
}
