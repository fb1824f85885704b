using System.Text.Json;

namespace Hearth.Federation.Storage;

/// <summary>Says whose directory it is. A later aggregator raises the epoch, and from then on no earlier one, even if it still lives, can write.</summary>
/// <remarks>
/// Everything that counts is written between <see cref="EnterAsync"/> and the disposal of what it gives: the storage's lock is held, and the epoch was
/// found to be this aggregator's. Temporary files carry the epoch in their names, so those of two aggregators never meet.
/// </remarks>
internal sealed class OutputOwner
{
    private readonly IFederationStorage _storage;

    private OutputOwner(IFederationStorage storage, long epoch) => (_storage, Epoch) = (storage, epoch);

    /// <summary>Number of this aggregator among those that had the directory, from 1.</summary>
    public long Epoch { get; }

    /// <summary>Takes the directory over.</summary>
    /// <exception cref="OutputException">It is another federation's, or holds files of something else.</exception>
    public static async Task<OutputOwner> TakeAsync(IFederationStorage storage, FederationOptions options, CancellationToken cancellation)
    {
        using var held = await storage.LockAsync(cancellation);
        var known = Read(storage);
        if (known is null)
            ThrowIfTaken(storage);
        else if (known.Uid != options.Uid)
            throw new OutputException(
                $"'{storage.Name}' belongs to federation {known.Namespace}/{known.Name} with uid {known.Uid}; this is {options.Namespace}/{options.Name} with uid {options.Uid}. "
                + "Choose another output.uri, or delete what lies there if its model is not needed any more.");
        var taken = new OutputIdentity(options.Uid, options.Namespace, options.Name, (known?.Epoch ?? 0) + 1);
        var temporary = OutputLayout.Temporary(OutputLayout.Root, "federation", taken.Epoch);
        await using (var file = storage.Create(temporary))
        {
            await JsonSerializer.SerializeAsync(file, taken, FederationJsonContext.Default.OutputIdentity, cancellation);
            storage.Sync(file);
        }
        storage.Move(temporary, OutputLayout.Owner);
        storage.SyncFolder(OutputLayout.Root);
        return new OutputOwner(storage, taken.Epoch);
    }

    /// <summary>Begins to write what counts; ends it when disposed.</summary>
    /// <exception cref="SupersededException">A later aggregator took over.</exception>
    public async Task<IDisposable> EnterAsync()
    {
        var held = await _storage.LockAsync(CancellationToken.None);
        try
        {
            ThrowIfSuperseded();
            return held;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Checks, without the lock, that no later aggregator took over so far.</summary>
    /// <exception cref="SupersededException">One did.</exception>
    public void ThrowIfSuperseded()
    {
        var current = Read(_storage)?.Epoch ?? 0;
        if (current != Epoch)
            throw new SupersededException(_storage.Name, Epoch, current);
    }

    private static OutputIdentity? Read(IFederationStorage storage)
    {
        try
        {
            using var file = storage.OpenRead(OutputLayout.Owner);
            return JsonSerializer.Deserialize(file, FederationJsonContext.Default.OutputIdentity) ?? throw new JsonException("It is null.");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (JsonException e)
        {
            throw new OutputException($"'{OutputLayout.Owner}' in '{storage.Name}' does not say whose directory it is: {e.Message} Restore it, or choose another output.uri.", e);
        }
    }

    private static void ThrowIfTaken(IFederationStorage storage)
    {
        string[] ours = [OutputLayout.Journal, OutputLayout.ModelManifest, OutputLayout.Models, OutputLayout.Rounds];
        if (ours.Intersect([.. storage.ListFiles(OutputLayout.Root), .. storage.ListFolders(OutputLayout.Root)]).ToList() is { Count: > 0 } found)
            throw new OutputException(
                $"'{storage.Name}' holds {string.Join(", ", found.Select(name => $"'{name}'"))}, but no '{OutputLayout.Owner}' that says whose they are. Choose an empty place as output.uri.");
    }
}
