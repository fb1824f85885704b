namespace Hearth.Federation.Protocol;

/// <summary>HTTP headers of the client protocol.</summary>
public static class FederationHeaders
{
    /// <summary>Examples that an update was trained on: its weight.</summary>
    public const string Examples = "Hearth-Examples";

    /// <summary>SHA-256 of an update's bytes, <c>sha-256=:base64:</c> (RFC 9530).</summary>
    public const string ContentDigest = "Content-Digest";
}
