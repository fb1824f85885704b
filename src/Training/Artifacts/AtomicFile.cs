using System.Security.Cryptography;

namespace Hearth.Training.Artifacts;

/// <summary>Writes files that a reader sees whole or not at all.</summary>
/// <remarks>
/// The bytes are on disk before the rename. The directory is not synced: a rename lost with the power leaves what was there before, which
/// is whole too. A temporary file that a killed process left behind is overwritten by its next write.
/// </remarks>
internal static class AtomicFile
{
    private const int BufferLength = 1 << 16;

    /// <summary>Writes a file.</summary>
    /// <param name="directory">Where; made if it is not there.</param>
    /// <param name="purpose">Names the temporary file; one write of a purpose at a time.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="nameOf">The file's name for the content's SHA-256.</param>
    /// <param name="cancellation">Gives up; nothing is left behind.</param>
    /// <returns>The file and its SHA-256 in lower-case hexadecimal digits.</returns>
    public static async Task<(string Path, string Digest)> WriteAsync(
        string directory, string purpose, Func<Stream, CancellationToken, Task> write, Func<string, string> nameOf, CancellationToken cancellation)
    {
        var temporary = Path.Combine(Directory.CreateDirectory(directory).FullName, $".{purpose}.tmp");
        var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, BufferLength);
        try
        {
            string digest;
            await using (file)
            {
                using var sha = SHA256.Create();
                await using (var hashing = new CryptoStream(file, sha, CryptoStreamMode.Write, leaveOpen: true))
                    await write(hashing, cancellation);
                file.Flush(flushToDisk: true);
                digest = Convert.ToHexStringLower(sha.Hash!);
            }
            var path = Path.Combine(directory, nameOf(digest));
            File.Move(temporary, path, overwrite: true);
            return (path, digest);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
