using Hearth.Federation.Tree;

namespace Hearth.Federation.Rounds;

/// <summary>An acknowledged update of the open round.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">Its weight.</param>
/// <param name="Digest">SHA-256 of the file in lower-case hexadecimal digits.</param>
/// <param name="File">Its path; the name of its object where a holder has it.</param>
/// <param name="Holder">The aggregator in whose memory it lies; null where it lies in the output directory.</param>
/// <param name="DropReason">Why it cannot be folded; null while it can.</param>
/// <param name="Ordinal">Which one of its holder's it is, dropped ones counted, so that those behind them keep theirs.</param>
internal sealed record StoredUpdate(string Client, long Examples, string Digest, string File, Holder? Holder = null, string? DropReason = null, int Ordinal = 0);
