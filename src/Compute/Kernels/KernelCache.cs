namespace Hearth.Compute.Kernels;

/// <summary>Compiled programs on disk, so that only the first start on a machine compiles.</summary>
/// <remarks>Files are named by digests of device, driver and source: what changed is compiled anew. A cache that cannot be read or written
/// is as good as none.</remarks>
/// <param name="directory">Where they lie; null for nowhere. Whoever can write there runs code on the device.</param>
internal sealed class KernelCache(string? directory)
{
    private const long MaxLength = 64 << 20;

    /// <summary><c>hearth/kernels</c> in the user's folder for caches; null where there is none.</summary>
    public static string? DefaultDirectory
    {
        get
        {
            var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
            if (string.IsNullOrEmpty(root) && Environment.GetEnvironmentVariable("HOME") is { Length: > 1 } home)
                root = Path.Combine(home, ".cache");
            return string.IsNullOrEmpty(root) ? null : Path.Combine(root, "hearth", "kernels");
        }
    }

    /// <summary>The program of that digest; null where there is none.</summary>
    public byte[]? TryRead(string digest)
    {
        if (directory is null)
            return null;
        try
        {
            var file = new FileInfo(Path.Combine(directory, digest));
            return file.Exists && file.Length is > 0 and <= MaxLength ? File.ReadAllBytes(file.FullName) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps a program; others see all of it or nothing.</summary>
    public void Write(string digest, ReadOnlySpan<byte> program)
    {
        if (directory is null || program.IsEmpty)
            return;
        try
        {
            Directory.CreateDirectory(directory);
            var temporary = Path.Combine(directory, $"{digest}.{Guid.NewGuid():n}");
            File.WriteAllBytes(temporary, program);
            File.Move(temporary, Path.Combine(directory, digest), overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next start compiles again.
        }
    }
}
