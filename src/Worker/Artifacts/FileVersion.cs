using System.Globalization;

namespace Hearth.Worker.Artifacts;

/// <summary>What changes when a file's content does, short of reading it.</summary>
internal readonly record struct FileVersion(long Length, DateTime LastWriteUtc)
{
    /// <summary>The version of the file at <paramref name="path"/> now.</summary>
    public static FileVersion Of(string path)
    {
        var info = new FileInfo(path);
        return info.Exists ? new(info.Length, info.LastWriteTimeUtc) : default;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Length}-{LastWriteUtc.Ticks}");
}
