using Hearth.Compute.Safetensors;

namespace Hearth.Federation.Storage;

/// <summary>Where a federation keeps what must outlive its aggregator. Paths are relative, their parts separated by slashes.</summary>
/// <remarks>
/// What is written is there after a crash only once it was synced: a file's bytes by <see cref="Sync"/>, its name by <see cref="SyncFolder"/>. Until then
/// any part of it may survive. Every refusal of the disk is an <see cref="IOException"/>.
/// </remarks>
public interface IFederationStorage
{
    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>Whether a file is there.</summary>
    bool Exists(string path);

    /// <summary>Names of the files in a folder; none where there is no such folder.</summary>
    IReadOnlyList<string> ListFiles(string folder);

    /// <summary>Names of the folders in a folder; none where there is no such folder.</summary>
    IReadOnlyList<string> ListFolders(string folder);

    /// <summary>Opens a file to read, at any place.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    Stream OpenRead(string path);

    /// <summary>Opens a file of tensors without reading them.</summary>
    /// <exception cref="SafetensorsFormatException">It holds none.</exception>
    SafetensorsContent OpenTensors(string path);

    /// <summary>Opens a new file to write, in place of one that is there. Makes its folder.</summary>
    Stream Create(string path);

    /// <summary>Opens a file to write behind its first <paramref name="length"/> bytes, which stay; the others are cut off. Makes it if it is not there.</summary>
    Stream Append(string path, long length);

    /// <summary>Returns once what was written to a file from here is on the disk.</summary>
    void Sync(Stream file);

    /// <summary>Gives a file another name, at once, in place of a file that has it.</summary>
    void Move(string from, string to);

    /// <summary>Deletes a file; nothing happens where there is none.</summary>
    void Delete(string path);

    /// <summary>Returns once the names of a folder are on the disk.</summary>
    void SyncFolder(string folder);

    /// <summary>Waits until no other process, nor anyone in this one, is between this call and the disposal of what it gives.</summary>
    ValueTask<IDisposable> LockAsync(CancellationToken cancellation);
}
