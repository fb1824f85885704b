using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Folding;
using Hearth.Federation.Models;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>Sums in the memory of a node: (Σ w·x, Σ w), sealed between folds, so that a neighbour finds them whole whenever this process ends but in the middle of one.</summary>
/// <remarks>Used by one at a time. What is sealed may be read by neighbours; a fold while one reads goes to a copy.</remarks>
internal sealed class ShareSums : IDisposable
{
    private readonly NodeShare _share;
    private readonly Accelerator _accelerator;
    private readonly ModelLayout _layout;
    private readonly string _name;
    private ShareObject? _sealed;

    private ShareSums(NodeShare share, Accelerator accelerator, ModelLayout layout, string name) =>
        (_share, _accelerator, _layout, _name) = (share, accelerator, layout, name);

    /// <summary>What is in them.</summary>
    public SumHeader Header { get; private set; } = SumHeader.Empty;

    /// <summary>Begins with nothing, or with a copy of sums that are there.</summary>
    /// <param name="share">Where; an object of this name is replaced.</param>
    /// <param name="accelerator">What folds.</param>
    /// <param name="layout">The tensors.</param>
    /// <param name="name">Name of the object.</param>
    /// <param name="from">Sums to go on from; null for none.</param>
    /// <param name="cancellation">Gives up waiting for memory.</param>
    public static async Task<ShareSums> CreateAsync(
        NodeShare share, Accelerator accelerator, ModelLayout layout, string name, ShareObject? from, CancellationToken cancellation)
    {
        share.Remove(name);
        var sums = new ShareSums(share, accelerator, layout, name);
        using var draft = await share.CreateAsync(name, ObjectLength(layout), cancellation);
        if (from is not null)
            sums.Header = Copy(from, draft, layout);
        sums.Seal(draft);
        return sums;
    }

    /// <summary>Bytes of an object of sums.</summary>
    public static long ObjectLength(ModelLayout layout) => SumHeader.Length + (layout.ElementCount * sizeof(double));

    /// <summary>The sums of an object, without its header.</summary>
    public static HostBuffer ElementsOf(HostBuffer content) =>
        HostBuffer.Wrap(content.Address + SumHeader.Length, content.Length - SumHeader.Length, NoOwner.Instance);

    /// <summary>Folds updates, in this order, in one pass.</summary>
    public async Task FoldAsync(IReadOnlyList<(HeldUpdate Update, SafetensorsContent Content)> updates, CancellationToken cancellation)
    {
        using var draft = await ReopenAsync(cancellation);
        using (var elements = ElementsOf(draft.Buffer))
        using (var accumulator = new FoldAccumulator(_accelerator, _layout, elements, Header.Weight))
        {
            accumulator.Fold([.. updates.Select(update => (update.Content, (double)update.Update.Examples))]);
            accumulator.Store(elements);
        }
        foreach (var (update, _) in updates)
            Header = Header.With(update);
        Seal(draft);
    }

    /// <inheritdoc/>
    public void Dispose() => _sealed?.Dispose();

    /// <summary>Forgets the sums, and gives their memory back.</summary>
    public void Remove()
    {
        Dispose();
        _share.Remove(_name);
    }

    private async Task<ShareDraft> ReopenAsync(CancellationToken cancellation)
    {
        if (_share.TryReopen(_sealed!) is { } draft)
        {
            _sealed = null;
            return draft;
        }
        // A neighbour reads them: it keeps what it reads, and this goes on beside.
        using var before = _sealed!;
        _share.Remove(_name);
        draft = await _share.CreateAsync(_name, ObjectLength(_layout), cancellation);
        Copy(before, draft, _layout);
        _sealed = null;
        return draft;
    }

    private void Seal(ShareDraft draft)
    {
        Header.Write(draft.Buffer, _layout.ElementCount);
        _sealed = draft.Seal();
    }

    private static SumHeader Copy(ShareObject from, ShareDraft to, ModelLayout layout)
    {
        const int Piece = 1 << 28;
        for (long at = 0; at < from.Length; at += Piece)
        {
            var length = (int)Math.Min(Piece, from.Length - at);
            from.Buffer.AsSpan(at, length).CopyTo(to.Buffer.AsSpan(at, length));
        }
        return SumHeader.Read(to.Buffer, layout.ElementCount)!;
    }
}
