namespace Hearth.Federation.Tree;

/// <summary>An acknowledged update that lies in memory.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">Its weight.</param>
/// <param name="Digest">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
public sealed record HeldUpdate(string Client, long Examples, string Digest);
