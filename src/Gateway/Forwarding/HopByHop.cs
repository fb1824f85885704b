using System.Collections.Frozen;
using Microsoft.Extensions.Primitives;

namespace Hearth.Gateway.Forwarding;

/// <summary>Headers that speak about one connection and are not passed on (RFC 9110, section 7.6.1).</summary>
internal static class HopByHop
{
    private static readonly FrozenSet<string> Names = new[]
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Transfer-Encoding", "Upgrade", "HTTP2-Settings",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the header belongs to the connection, by its name or because the Connection header names it.</summary>
    public static bool Contains(string name, StringValues connection) => Names.Contains(name) || (connection.Count > 0 && HasToken(connection, name));

    /// <summary>Whether a comma-separated header has the token.</summary>
    public static bool HasToken(StringValues header, string token)
    {
        foreach (var value in header)
        {
            foreach (var range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim().Equals(token, StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }
        return false;
    }
}
