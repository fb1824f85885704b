using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Hearth.Api.FederatedAggregations;

namespace Hearth.Federation.Clients;

/// <summary>Chooses clients, and gives them seeds. A choice by lot depends on seed, round and clients alone, not on the order in which they joined.</summary>
internal static class ClientSelector
{
    // What every language's JSON reads exactly.
    private const int SeedBits = 53;

    /// <summary>As many of the clients as are wanted: the first ones, or by lot.</summary>
    /// <param name="clients">Those who can be asked, the first to join first.</param>
    /// <param name="wanted">How many at most.</param>
    /// <param name="options">Says how, and by which seed.</param>
    /// <param name="round">The round.</param>
    /// <param name="attempt">How often it has asked before, and one.</param>
    public static IReadOnlyList<string> Select(IEnumerable<string> clients, int wanted, FederationOptions options, int round, int attempt) => options.Selection switch
    {
        ClientSelection.All => [.. clients.Take(wanted)],
        ClientSelection.Random => [.. clients.OrderBy(client => Draw(options.Seed, round, attempt, client)).ThenBy(client => client, StringComparer.Ordinal).Take(wanted)],
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Selection, null),
    };

    /// <summary>The seed of a client's work in a round.</summary>
    public static long SeedOf(ulong seed, int round, string client) => (long)(Draw(seed, round, attempt: 0, client) >> (64 - SeedBits));

    private static ulong Draw(ulong seed, int round, int attempt, string client) =>
        BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}/{round}/{attempt}/{client}"))));
}
