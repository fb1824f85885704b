using System.Collections.Immutable;
using Hearth.Federation.Journal;

namespace Hearth.Federation.Rounds;

/// <summary>What the journal's records make of a federation.</summary>
internal sealed record FederationState
{
    /// <summary>Digests of the weights published, by version: the initial model's, then one for each round.</summary>
    public ImmutableList<string> Models { get; init; } = [];

    /// <summary>The open round; null between rounds.</summary>
    public RoundState? Round { get; init; }

    /// <summary>Version of the final model at the root of the output; -1 before there is one.</summary>
    public int FinishedVersion { get; init; } = -1;

    /// <summary>Updates acknowledged so far.</summary>
    public long Received { get; init; }

    /// <summary>Updates in the models of closed rounds.</summary>
    public long Folded { get; init; }

    /// <summary>Acknowledged updates that could not be folded.</summary>
    public long Dropped { get; init; }

    /// <summary>Version of the latest model, which is the number of rounds done; -1 before there is an initial model.</summary>
    public int Version => Models.Count - 1;

    /// <summary>The state after a record.</summary>
    /// <exception cref="InvalidOperationException">The record cannot follow on this state.</exception>
    public FederationState Apply(JournalRecord record) => record switch
    {
        JournalRecord.ModelPublished published when published.Version == Models.Count && (Round is null ? published.Version == 0 : Round.Number == published.Version && Round.Closed is not null) =>
            this with { Models = Models.Add(published.Digest), Folded = Folded + (Round?.Counting.Count ?? 0), Round = null },
        JournalRecord.RoundStarted started when Round is null && started.Round == Models.Count =>
            this with { Round = new RoundState { Number = started.Round, Deadline = started.Deadline, Selected = [.. started.Selected] } },
        JournalRecord.RoundExtended extended => this with { Round = Open(extended.Round).Extend(extended.Selected, extended.Deadline) },
        JournalRecord.UpdateStored stored when Open(stored.Round) is { Closed: null } round && round.Find(stored.Client) is null =>
            this with { Round = round.Add(new StoredUpdate(stored.Client, stored.Examples, stored.Digest, stored.File, stored.Holder)), Received = Received + 1 },
        JournalRecord.UpdateDropped dropped => this with { Round = Open(dropped.Round).Drop(dropped.Client, dropped.Digest, dropped.Reason), Dropped = Dropped + 1 },
        JournalRecord.RoundClosed closed => this with { Round = Open(closed.Round) with { Closed = closed.Time } },
        JournalRecord.Finished finished => this with { FinishedVersion = finished.Version },
        _ => throw Misplaced(record),
    };

    private RoundState Open(int round) => Round is { } open && open.Number == round ? open : throw new InvalidOperationException($"Round {round} is not open.");

    private InvalidOperationException Misplaced(JournalRecord record) =>
        new($"{record} cannot follow on version {Version} and {(Round is null ? "no open round" : $"open round {Round.Number}")}.");
}
