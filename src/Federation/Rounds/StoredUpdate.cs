namespace Hearth.Federation.Rounds;

/// <summary>An acknowledged update of the open round.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">Its weight.</param>
/// <param name="Digest">SHA-256 of the file in lower-case hexadecimal digits.</param>
/// <param name="File">Its path.</param>
/// <param name="DropReason">Why it cannot be folded; null while it can.</param>
internal sealed record StoredUpdate(string Client, long Examples, string Digest, string File, string? DropReason = null);
