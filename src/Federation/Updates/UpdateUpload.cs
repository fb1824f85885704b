namespace Hearth.Federation.Updates;

/// <summary>An update as it comes in.</summary>
/// <param name="Round">The round it is for.</param>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">The examples that it was trained on.</param>
/// <param name="Digest">What its SHA-256 is said to be, 64 lower-case hexadecimal digits.</param>
/// <param name="Length">How long it is said to be; null where nothing was said.</param>
/// <param name="Body">Its bytes. A read fails when the client breaks off.</param>
public sealed record UpdateUpload(int Round, string Client, long Examples, string Digest, long? Length, Stream Body);
