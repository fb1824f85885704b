using System.Security.Cryptography;
using System.Text;

namespace Hearth.Worker.Artifacts;

/// <summary>Remembers which digest a URI's content had when it carried a certain validator: an ETag, a date, a file's size and time.</summary>
/// <remarks>A memo is a hint. One that cannot be read or written costs a download or a hash, so neither is an error.</remarks>
internal sealed class DigestMemo(string directory)
{
    /// <summary>Where memos lie.</summary>
    public string Directory { get; } = directory;

    /// <summary>Name under which <paramref name="uri"/> is remembered. A hash, since URIs may hold secrets and any character.</summary>
    public static string KeyOf(string uri) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(uri)));

    /// <summary>Digest and validator remembered for <paramref name="uri"/>; null when there are none.</summary>
    public (string Digest, string Validator)? Read(string uri) => ReadFile(Path.Combine(Directory, KeyOf(uri)));

    private static (string Digest, string Validator)? ReadFile(string path)
    {
        try
        {
            return File.ReadAllLines(path) is [var digest, var validator] && digest.Length == 2 * SHA256.HashSizeInBytes
                ? (digest, validator)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The last memos that were written, newest first: the name that <see cref="KeyOf"/> gave, and the digest.</summary>
    public IEnumerable<(string Key, string Digest)> Newest(int count)
    {
        foreach (var memo in new DirectoryInfo(Directory).GetFiles().OrderByDescending(file => file.LastWriteTimeUtc).Take(count))
        {
            if (ReadFile(memo.FullName) is { } known)
                yield return (memo.Name, known.Digest);
        }
    }

    /// <summary>Remembers. Appears by rename, so a reader sees the old memo or the new one.</summary>
    public void Write(string uri, string digest, string validator)
    {
        if (validator.AsSpan().ContainsAny('\r', '\n'))
            return;
        var path = Path.Combine(Directory, KeyOf(uri));
        var temporary = $"{path}.{Guid.NewGuid():N}";
        try
        {
            File.WriteAllText(temporary, $"{digest}\n{validator}\n");
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A hint not kept.
        }
    }
}
