using System.Security.Cryptography;
using Hearth.Federation.Storage;

namespace Hearth.Federation.Models;

/// <summary>Writes models so that they appear whole: first under temporary names, then, in one go, under their own.</summary>
internal sealed class ModelPublication(IFederationStorage storage, OutputOwner owner, IModelFormat format)
{
    /// <summary>Writes a model's weights, as <paramref name="write"/> does it to a stream, and its description.</summary>
    public async Task<StagedModel> StageAsync(
        string folder, Func<Stream, Task> write, byte[] description, CancellationToken cancellation)
    {
        var path = OutputLayout.Temporary(folder, "weights", owner.Epoch);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using (var file = storage.Create(path))
        {
            await using (var hashing = new HashingStream(file, sha))
                await write(hashing);
            storage.Sync(file);
        }
        var digest = Convert.ToHexStringLower(sha.GetHashAndReset());
        return await DescribeAsync(folder, path, digest, description, cancellation);
    }

    /// <summary>Copies a model that is published.</summary>
    public async Task<StagedModel> StageCopyAsync(string folder, string weights, string digest, byte[] description, CancellationToken cancellation)
    {
        var path = OutputLayout.Temporary(folder, "weights", owner.Epoch);
        await using (var source = storage.OpenRead(weights))
        await using (var file = storage.Create(path))
        {
            await source.CopyToAsync(file, cancellation);
            storage.Sync(file);
        }
        return await DescribeAsync(folder, path, digest, description, cancellation);
    }

    /// <summary>Writes a small file beside what is staged.</summary>
    /// <returns>Its temporary name.</returns>
    public async Task<string> StageFileAsync(string folder, string what, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var path = OutputLayout.Temporary(folder, what, owner.Epoch);
        await using var file = storage.Create(path);
        await file.WriteAsync(content, cancellation);
        storage.Sync(file);
        return path;
    }

    /// <summary>Gives a model's files their names; the description last, since it points to the weights. Only while the directory is this aggregator's to write.</summary>
    public void Publish(StagedModel model)
    {
        var prefix = model.Folder.Length == 0 ? "" : $"{model.Folder}/";
        storage.Move(model.Weights, prefix + OutputLayout.WeightsFile(model.Digest));
        storage.SyncFolder(model.Folder);
        storage.Move(model.Description, prefix + OutputLayout.ModelManifest);
        storage.SyncFolder(model.Folder);
    }

    private async Task<StagedModel> DescribeAsync(string folder, string weights, string digest, byte[] description, CancellationToken cancellation)
    {
        var content = format.Describe(description, OutputLayout.WeightsFile(digest), digest);
        return new StagedModel(folder, digest, weights, await StageFileAsync(folder, "model", content, cancellation));
    }
}
