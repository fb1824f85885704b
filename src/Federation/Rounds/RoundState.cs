using System.Collections.Immutable;
using Hearth.Federation.Protocol;

namespace Hearth.Federation.Rounds;

/// <summary>The open round.</summary>
internal sealed record RoundState
{
    /// <summary>Number, from 1. Its clients start from the model of the version before.</summary>
    public required int Number { get; init; }

    /// <summary>When its patience ends.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Deadlines it was given.</summary>
    public int Attempt { get; init; } = 1;

    /// <summary>Clients that were asked.</summary>
    public ImmutableSortedSet<string> Selected { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Every update that was acknowledged, in the order of the journal, which is the order in which they are folded.</summary>
    public ImmutableList<StoredUpdate> Updates { get; init; } = [];

    /// <summary>Where in <see cref="Updates"/> the update of a client is that counts.</summary>
    public ImmutableDictionary<string, int> Counting { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>Updates that each holder was given, by the holder's owner.</summary>
    public ImmutableDictionary<string, int> Held { get; init; } = ImmutableDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>When it stopped taking updates; null while it takes them.</summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>The updates that count, in order.</summary>
    public IEnumerable<IncludedUpdate> Included =>
        Updates.Where(update => update.DropReason is null).Select(update => new IncludedUpdate(update.Client, update.Examples, update.Digest));

    /// <summary>The updates that were acknowledged and do not count. One whose bytes were sent again is not among them.</summary>
    public IEnumerable<NotIncludedUpdate> NotIncluded =>
        from update in Updates
        where update.DropReason is not null && Find(update.Client)?.Digest != update.Digest
        select new NotIncludedUpdate(update.Client, update.Digest, update.DropReason!);

    /// <summary>The update of a client that counts; null where there is none.</summary>
    public StoredUpdate? Find(string client) => Counting.TryGetValue(client, out var index) ? Updates[index] : null;

    /// <summary>With another update.</summary>
    public RoundState Add(StoredUpdate update)
    {
        var (held, owner) = (Held, update.Holder?.Owner);
        if (owner is not null)
            (update, held) = (update with { Ordinal = Held.GetValueOrDefault(owner) }, Held.SetItem(owner, Held.GetValueOrDefault(owner) + 1));
        return this with { Updates = Updates.Add(update), Counting = Counting.SetItem(update.Client, Updates.Count), Selected = Selected.Add(update.Client), Held = held };
    }

    /// <summary>With an update that does not count any more.</summary>
    public RoundState Drop(string client, string digest, string reason)
    {
        var index = Counting[client];
        var update = Updates[index];
        return update.Digest == digest
            ? this with { Updates = Updates.SetItem(index, update with { DropReason = reason }), Counting = Counting.Remove(client) }
            : throw new InvalidOperationException($"The update of '{client}' has digest {update.Digest}, not {digest}.");
    }

    /// <summary>Open again, for more clients and longer.</summary>
    public RoundState Extend(IEnumerable<string> selected, DateTimeOffset deadline) =>
        this with { Closed = null, Attempt = Attempt + 1, Selected = Selected.Union(selected), Deadline = deadline };
}
