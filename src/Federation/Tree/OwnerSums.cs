using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>The sums of one owner's updates in one round: this process's own, or those of an aggregator that is gone.</summary>
internal sealed class OwnerSums(NodeShare share, Accelerator accelerator, ModelLayout layout, int round, string owner) : IDisposable
{
    // Updates that one pass over the sums takes in, as for the aggregator that leads.
    private const int Batch = 8;

    private ShareSums? _sums;

    /// <summary>Updates in the sums.</summary>
    public long Count => _sums?.Header.Count ?? 0;

    /// <summary>Whether the memory for them is taken. Other threads may ask.</summary>
    public bool HasMemory => Volatile.Read(ref _sums) is not null;

    /// <summary>Σ w.</summary>
    public double Weight => _sums?.Header.Weight ?? 0;

    /// <summary>Name of the object that holds the sums; its owner is this process.</summary>
    public string Name => owner == share.Owner ? SumNames.Sums(round) : SumNames.SumsOf(round, owner);

    /// <summary>Takes the memory for the sums.</summary>
    public async Task EnsureAsync(CancellationToken cancellation) => _sums ??= await BeginAsync([], cancellation);

    /// <summary>Folds what is not folded yet of these updates, in this order.</summary>
    /// <returns>Clients whose updates are gone; then the sums are not of all of them.</returns>
    public async Task<IReadOnlyList<string>> CatchUpAsync(IReadOnlyList<HeldUpdate> updates, CancellationToken cancellation)
    {
        _sums ??= await BeginAsync(updates, cancellation);
        if (!_sums.Header.IsPrefixOf(updates))
        {
            // Something counts no more that is in the sums: they are made again from what still lies there.
            Forget();
            _sums = await BeginAsync(updates, cancellation);
        }
        var rest = updates.Skip((int)Count).ToArray();
        if (rest.Where(update => !Exists(update)).Select(update => update.Client).ToArray() is { Length: > 0 } missing)
            return missing;
        foreach (var batch in rest.Chunk(Batch))
            await FoldAsync(batch, cancellation);
        return [];
    }

    /// <summary>Folds updates that are there, behind those that are folded.</summary>
    public async Task FoldAsync(IReadOnlyList<HeldUpdate> updates, CancellationToken cancellation)
    {
        var opened = new List<(HeldUpdate, SafetensorsContent)>();
        try
        {
            foreach (var update in updates)
                opened.Add((update, new SafetensorsContent(share.Open(owner, SumNames.Update(round, update)).Buffer)));
            _sums ??= await BeginAsync([], cancellation);
            await _sums.FoldAsync(opened, cancellation);
        }
        catch
        {
            // Whatever became of the sums, they are not to be gone on from.
            Forget();
            throw;
        }
        finally
        {
            foreach (var (_, content) in opened)
                content.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sums?.Dispose();

    /// <summary>Gives the sums' memory back.</summary>
    public void Forget()
    {
        _sums?.Remove();
        _sums = null;
    }

    private async Task<ShareSums> BeginAsync(IReadOnlyList<HeldUpdate> updates, CancellationToken cancellation)
    {
        using var left = owner == share.Owner ? null : TryOpen(SumNames.Sums(round));
        var isUsable = left is not null && SumHeader.Read(left.Buffer, layout.ElementCount)?.IsPrefixOf(updates) == true;
        return await ShareSums.CreateAsync(share, accelerator, layout, Name, isUsable ? left : null, cancellation);
    }

    private bool Exists(HeldUpdate update)
    {
        using var found = TryOpen(SumNames.Update(round, update));
        return found is not null;
    }

    private ShareObject? TryOpen(string name)
    {
        try
        {
            return share.Open(owner, name);
        }
        catch (ShareException e) when (e.Fault == ShareFault.NotFound)
        {
            return null;
        }
    }
}
