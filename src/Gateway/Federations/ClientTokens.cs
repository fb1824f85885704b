using System.Security.Cryptography;
using System.Text;
using Hearth.Api.Core;

namespace Hearth.Gateway.Federations;

/// <summary>The clients' tokens of one Secret, by their hashes: how long a look-up takes tells nothing about a token.</summary>
internal sealed class ClientTokens
{
    private readonly ILookup<string, string> _clients;

    /// <param name="secret">Each key is a client's id, each value its token.</param>
    /// <param name="readAt">Timestamp of the reading.</param>
    public ClientTokens(V1Secret secret, long readAt)
    {
        ReadAt = readAt;
        _clients = (secret.Data ?? new Dictionary<string, string>())
            .Select(pair => (Client: pair.Key, Token: Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)).Trim()))
            // An empty value would let in whoever sends nothing.
            .Where(pair => pair.Token.Length > 0)
            .ToLookup(pair => Hash(pair.Token), pair => pair.Client);
    }

    /// <summary>Timestamp of the reading.</summary>
    public long ReadAt { get; }

    /// <summary>Keys whose value is this token; none when it is nobody's.</summary>
    public IReadOnlyList<string> Find(string token) => [.. _clients[Hash(token)]];

    private static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
