using System.Security.Cryptography;
using System.Text;
using Hearth.Api.InferenceFunctions;

namespace Hearth.Api.Workers;

/// <summary>Short names of artifacts, by which claims find nodes that hold them: 16 hexadecimal digits of a SHA-256.</summary>
/// <remarks>
/// A name is a hint: two artifacts that share one (one chance in 2^64) cost a download. It is a hash also of a URI, since those may hold secrets and pods
/// are read by many.
/// </remarks>
public static class ArtifactKey
{
    /// <summary>Digits of a key.</summary>
    public const int Length = 16;

    /// <summary>
    /// The key of what <paramref name="model"/> names: of its digest where one is declared, else of its URI. Null where the artifact is used where it lies and no
    /// cache holds it (<c>file</c>, <c>pvc</c>), and for text that is no URI.
    /// </summary>
    public static string? Of(ModelReference? model) =>
        model is null || !Uri.TryCreate(model.Uri, UriKind.Absolute, out var uri) || uri.IsFile || uri.Scheme == "pvc" ? null
        : model.Sha256 is { Length: >= Length } digest ? OfDigest(digest)
        : OfDigest(DigestOf(uri));

    /// <summary>The key of a model that may stay loaded: of its digest, wherever the artifact lies; null where none is declared.</summary>
    public static string? OfLoaded(ModelReference? model) => model?.Sha256 is { Length: >= Length } digest ? OfDigest(digest) : null;

    /// <summary>The key of the artifact, or of the URI, with this SHA-256.</summary>
    public static string OfDigest(string digest) => digest[..Length].ToLowerInvariant();

    /// <summary>SHA-256 of a URI as it is sent, in lower-case hexadecimal digits.</summary>
    public static string DigestOf(Uri uri) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri.AbsoluteUri)));
}
