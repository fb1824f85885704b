namespace Hearth.Federation.Protocol;

/// <summary>An update that was acknowledged and is not in the model.</summary>
/// <param name="Client">Whose it is.</param>
/// <param name="Digest">Its SHA-256 in lower-case hexadecimal digits.</param>
/// <param name="Reason">Why.</param>
public sealed record NotIncludedUpdate(string Client, string Digest, string Reason);
