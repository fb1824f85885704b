using System.Net;

namespace Hearth.Gateway;

/// <summary>Reads addresses to listen on.</summary>
internal static class ListenAddress
{
    /// <summary>The endpoint of <c>http://host:port</c>, where the host is an IP address, <c>localhost</c> or <c>*</c> for all.</summary>
    /// <exception cref="ArgumentException">It is not such an address.</exception>
    public static IPEndPoint Parse(string url)
    {
        if (Uri.TryCreate(url.Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttp
            && (uri.IsLoopback && uri.HostNameType == UriHostNameType.Dns ? IPAddress.Loopback : ParseAddress(uri)) is { } address)
        {
            return new(address, uri.Port);
        }
        throw new ArgumentException($"\"{url}\" is no address to listen on: expected http://<IP address, localhost or *>:<port>.", nameof(url));
    }

    /// <summary>The URL under which others reach what listens on <paramref name="bound"/>.</summary>
    public static string Advertise(string bound, string? host)
    {
        var url = new UriBuilder(bound);
        if (host is not null)
            url.Host = host;
        return url.Uri.GetLeftPart(UriPartial.Authority);
    }

    private static IPAddress? ParseAddress(Uri uri) => IPAddress.TryParse(uri.Host, out var address) ? address : null;
}
