namespace Hearth.Federation.Protocol;

/// <summary>An update that is in a model.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Examples">Its weight.</param>
/// <param name="Digest">Its SHA-256 in lower-case hexadecimal digits.</param>
public sealed record IncludedUpdate(string Client, long Examples, string Digest);
