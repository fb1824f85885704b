using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Hearth.Worker.Control;

/// <summary>A secret that callers show in <c>Authorization</c>.</summary>
internal sealed class BearerToken(string token)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Whether a request shows it.</summary>
    public bool IsShownBy(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        // Digests, so that neither content nor length of the token shows in the time taken.
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(_digest, SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..])));
    }
}
