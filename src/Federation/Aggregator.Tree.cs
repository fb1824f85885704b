using Hearth.Api.FederatedAggregations;
using Hearth.Federation.Folding;
using Hearth.Federation.Journal;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;
using Hearth.Federation.Tree;
using Hearth.Federation.Updates;

namespace Hearth.Federation;

/// <content>The aggregators that take updates for this one.</content>
public sealed partial class Aggregator
{
    // A node that cannot be asked is asked again after this time.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(1);

    /// <summary>Follows a plan from now on: clients that are asked from here send to its leaves.</summary>
    /// <returns>What is wrong with it, every fault; then nothing changes.</returns>
    public IReadOnlyList<string> Follow(AggregationPlan plan)
    {
        if (_tree is null)
            return ["this aggregator leads no others"];
        var faults = Coordinator.FindFaults(plan);
        if (faults.Count == 0)
            _tree.Follow(plan);
        return faults;
    }

    /// <summary>Returns once the leaves of the plan were told their places, or could not be.</summary>
    public Task SettleTreeAsync() => _tree?.SettleAsync() ?? Task.CompletedTask;

    /// <summary>The header of the model's safetensors with its length before it, and the length of the data behind it.</summary>
    public (byte[] Header, long DataLength) ReadLayout()
    {
        using var file = _storage.OpenRead(WeightsPath(0, _state));
        using var content = _storage.OpenTensors(WeightsPath(0, _state));
        var header = new byte[content.Header.DataOffset];
        file.ReadExactly(header);
        return (header, content.Header.DataLength);
    }

    /// <summary>Records an update that a leaf holds. Where the answer has no refusal, it may be acknowledged.</summary>
    public async Task<OfferAnswer> OfferAsync(UpdateOffer offer)
    {
        var (update, holder) = (offer.Update, offer.Holder);
        var upload = new UpdateUpload(offer.Round, update.Client, update.Examples, update.Digest, null, Stream.Null);
        if (UpdateCheck.FindFault(upload) is { } fault)
            return new(fault);
        if (_tree is null)
            return new(new(RefusalKind.InvalidRequest, "This aggregator leads no others."));
        _tree.Note(holder.Owner, offer.Report);
        if (!_clients.Touch(update.Client))
            return new(UnknownClient(update.Client));
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            var (known, refusal) = Judge(upload);
            if (refusal is not null)
                return new(refusal);
            if (known)
                return Place(upload.Round, update.Client);
            if (holder.Owner.Length == 0)
                return new(RoundClosed(offer.Round));
            await RecordAsync(new JournalRecord.UpdateStored(
                offer.Round, update.Client, update.Examples, update.Digest, SumNames.Update(offer.Round, update), holder));
            _awaited = _awaited.Remove(update.Client);
            return Place(upload.Round, update.Client);
        }
        catch (Exception e) when (_broken is not null)
        {
            return new(Unavailable() ?? new Refusal(RefusalKind.Unavailable, e.Message));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Where an update is that counts.</summary>
    private OfferAnswer Place(int number, string client)
    {
        return _state.Round is { } round && round.Number == number && round.Find(client) is { Holder: { } holder } stored
            ? new(null, holder.Owner, stored.Ordinal, stored.Examples)
            : new(null);
    }

    /// <summary>Adds the sums that lie with others to the round's own.</summary>
    /// <returns>What was done instead of it; null when all are there.</returns>
    private async Task<RoundStep?> GatherAsync(CancellationToken cancellation)
    {
        var round = _state.Round!;
        if (_tree is null || !round.Updates.Any(update => update is { DropReason: null, Holder: not null }))
            return null;
        _accumulator ??= new FoldAccumulator(_accelerator, _layout);
        var outcome = await _tree.AddAsync(round, _accumulator, cancellation);
        if (outcome == SumsOutcome.Complete)
            return null;
        // Those in part are made again: this aggregator's own from the files, the others' by asking anew.
        _accumulator.Dispose();
        _accumulator = null;
        Volatile.Write(ref _folded, 0);
        foreach (var (update, reason) in outcome.Lost)
            await DropAsync(round.Number, update, reason);
        return outcome.Unreachable is null ? new RoundStep.Fold() : new RoundStep.Wait(_time.GetUtcNow() + AskAgainAfter);
    }
}
