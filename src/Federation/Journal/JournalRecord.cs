using System.Text.Json.Serialization;
using Hearth.Federation.Tree;

namespace Hearth.Federation.Journal;

/// <summary>Something that happened and counts. The state of a federation is what its records, in order, make of it.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ModelPublished), "ModelPublished")]
[JsonDerivedType(typeof(RoundStarted), "RoundStarted")]
[JsonDerivedType(typeof(RoundExtended), "RoundExtended")]
[JsonDerivedType(typeof(UpdateStored), "UpdateStored")]
[JsonDerivedType(typeof(UpdateDropped), "UpdateDropped")]
[JsonDerivedType(typeof(RoundClosed), "RoundClosed")]
[JsonDerivedType(typeof(Finished), "Finished")]
internal abstract record JournalRecord
{
    /// <summary>A model is official: the initial one (version 0), or the one that a round's updates gave. It ends the round of the version's number.</summary>
    public sealed record ModelPublished(int Version, string Digest, DateTimeOffset Time) : JournalRecord;

    /// <summary>A round takes updates of the clients selected.</summary>
    public sealed record RoundStarted(int Round, IReadOnlyList<string> Selected, DateTimeOffset Deadline) : JournalRecord;

    /// <summary>Too few updates came in time: the round goes on with what it has, until another deadline, and asks more clients.</summary>
    public sealed record RoundExtended(int Round, IReadOnlyList<string> Selected, DateTimeOffset Deadline) : JournalRecord;

    /// <summary>An update is on the disk, or where a holder is named, in the memory of its node; it may be acknowledged from here on.</summary>
    public sealed record UpdateStored(int Round, string Client, long Examples, string Digest, string File, Holder? Holder = null) : JournalRecord;

    /// <summary>An acknowledged update cannot be folded, and is reported so.</summary>
    public sealed record UpdateDropped(int Round, string Client, string Digest, string Reason) : JournalRecord;

    /// <summary>No more updates: the model is made of those stored before this record.</summary>
    public sealed record RoundClosed(int Round, DateTimeOffset Time) : JournalRecord;

    /// <summary>The final model lies at the root of the output directory.</summary>
    public sealed record Finished(int Version) : JournalRecord;
}
