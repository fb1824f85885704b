using System.Collections.Concurrent;

namespace Hearth.Integration.Tests.Federations;

/// <summary>What the clients of a federation know: what they sent, and of that what was acknowledged.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, Update> _sent = new();
    private readonly ConcurrentDictionary<string, Update> _acknowledged = new();

    /// <summary>Updates that were answered with 202.</summary>
    public IReadOnlyCollection<Update> Acknowledged => [.. _acknowledged.Values];

    public void Send(Update update) => _sent[Key(update.Round, update.Digest)] = update;

    public void Acknowledge(Update update) => _acknowledged[Key(update.Round, update.Digest)] = update;

    /// <summary>The update of a digest; an update may be stored though its client never heard so.</summary>
    public Update? Find(int round, string digest) => _sent.GetValueOrDefault(Key(round, digest));

    private static string Key(int round, string digest) => $"{round} {digest}";
}
