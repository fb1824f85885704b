using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Hearth.Federation.Protocol;

/// <summary>The field <c>Content-Digest</c> of RFC 9530, as far as SHA-256 goes.</summary>
public static class ContentDigest
{
    private const string Algorithm = "sha-256=:";

    /// <summary>Writes a digest.</summary>
    /// <param name="digest">64 hexadecimal digits.</param>
    public static string Format(string digest) => $"{Algorithm}{Convert.ToBase64String(Convert.FromHexString(digest))}:";

    /// <summary>Reads the SHA-256 of a field, which may name others too.</summary>
    /// <param name="field">The field's value.</param>
    /// <param name="digest">64 lower-case hexadecimal digits.</param>
    public static bool TryParse(string? field, [NotNullWhen(true)] out string? digest)
    {
        digest = null;
        Span<byte> bytes = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var part in (field ?? "").Split(','))
        {
            var item = part.Trim();
            if (item.StartsWith(Algorithm, StringComparison.OrdinalIgnoreCase) && item.EndsWith(':') && item.Length > Algorithm.Length
                && Convert.TryFromBase64String(item[Algorithm.Length..^1], bytes, out var length) && length == bytes.Length)
                digest = Convert.ToHexStringLower(bytes);
        }
        return digest is not null;
    }
}
