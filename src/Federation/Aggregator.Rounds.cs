using System.Security.Cryptography;
using System.Text.Json;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Clients;
using Hearth.Federation.Folding;
using Hearth.Federation.Journal;
using Hearth.Federation.Models;
using Hearth.Federation.Rounds;
using Hearth.Federation.Storage;

namespace Hearth.Federation;

/// <content>The rounds.</content>
public sealed partial class Aggregator
{
    // Updates that one pass over the sums takes in: more gain little, and hold more files open.
    private const int FoldBatch = 8;

    // How long an aggregator that another took over from may take to notice, where nothing else tells it.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    /// <summary>Runs the rounds to the last one.</summary>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellation">Stops; another call, here or in another process, goes on.</param>
    /// <exception cref="SupersededException">Another aggregator took over.</exception>
    /// <exception cref="IOException">The storage refused.</exception>
    public async Task RunAsync(IProgress<FederationProgress>? progress, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        try
        {
            while (true)
            {
                var changed = _changed.Next;
                var step = await StepAsync(stop.Token);
                progress?.Report(Progress);
                _tree?.Remind();
                if (step is RoundStep.Done)
                    return;
                if (step is RoundStep.Wait wait)
                    await WaitAsync(changed, wait.Until, stop.Token);
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // No one goes on with the rounds, so no one may be promised anything.
            Break(e);
            throw;
        }
    }

    /// <summary>Plans and takes the next step. One call at a time.</summary>
    /// <returns>What was done.</returns>
    internal async Task<RoundStep> StepAsync(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        RoundStep step;
        await _gate.WaitAsync(cancellation);
        try
        {
            ThrowIfBroken();
            _owner.ThrowIfSuperseded();
            var now = _time.GetUtcNow();
            var roster = _state.Round is { } round && now < round.Deadline && round.Closed is null ? Roster.Empty : _clients.Snapshot();
            step = RoundPlanner.Plan(_state, _options, roster, _awaited.Count, _folded, now);
            await TakeAsync(step, now);
        }
        finally
        {
            _gate.Release();
        }
        // These take long, and touch nothing that requests do.
        if (step is RoundStep.Fold)
            await FoldAsync();
        else if (step is RoundStep.Commit && await GatherAsync(cancellation) is { } instead)
            return instead;
        else if (step is RoundStep.Commit)
            await CommitAsync(cancellation);
        else if (step is RoundStep.Finish)
            await FinishAsync(cancellation);
        return step;
    }

    private async Task TakeAsync(RoundStep step, DateTimeOffset now)
    {
        switch (step)
        {
            case RoundStep.Start start:
                await RecordAsync(new JournalRecord.RoundStarted(_state.Models.Count, start.Selected, start.Deadline));
                Await(start.Selected);
                break;
            case RoundStep.Extend extend:
                _clients.Miss(_awaited);
                await RecordAsync(new JournalRecord.RoundExtended(_state.Round!.Number, extend.Selected, extend.Deadline));
                Await(extend.Selected);
                break;
            case RoundStep.Close:
                _clients.Miss(_awaited);
                _awaited = _awaited.Clear();
                await RecordAsync(new JournalRecord.RoundClosed(_state.Round!.Number, now));
                break;
            default:
                break;
        }
    }

    private void Await(IEnumerable<string> clients)
    {
        _awaited = _awaited.Clear().Union(clients);
        _news.Announce();
    }

    private async Task WaitAsync(Task changed, DateTimeOffset? until, CancellationToken cancellation)
    {
        var patience = until is { } time ? time - _time.GetUtcNow() : LongestWait;
        if (patience <= TimeSpan.Zero)
            return;
        try
        {
            await changed.WaitAsync(patience < LongestWait ? patience : LongestWait, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // Time to plan again.
        }
    }

    private async Task FoldAsync()
    {
        var round = _state.Round!;
        var opened = new List<(SafetensorsContent Update, double Weight)>();
        try
        {
            var index = _folded;
            for (; index < round.Updates.Count && opened.Count < FoldBatch; index++)
            {
                var update = round.Updates[index];
                // What lies with others is folded by them.
                if (update is not { DropReason: null, Holder: null })
                    continue;
                if (TryOpen(update, verify: index < _replayed, out var reason) is { } content)
                    opened.Add((content, update.Examples));
                else
                    await DropAsync(round.Number, update, reason!);
            }
            if (opened.Count > 0)
                (_accumulator ??= new FoldAccumulator(_accelerator, _layout)).Fold(opened);
            Volatile.Write(ref _folded, index);
        }
        finally
        {
            foreach (var (content, _) in opened)
                content.Dispose();
        }
    }

    /// <summary>Opens an acknowledged update. One that another aggregator received is held to its digest first.</summary>
    private SafetensorsContent? TryOpen(StoredUpdate update, bool verify, out string? reason)
    {
        reason = null;
        try
        {
            if (verify)
            {
                using var file = _storage.OpenRead(update.File);
                if (Convert.ToHexStringLower(SHA256.HashData(file)) is var actual && actual != update.Digest)
                {
                    reason = $"The stored bytes have SHA-256 {actual}: they were damaged after they were acknowledged.";
                    return null;
                }
            }
            return _storage.OpenTensors(update.File);
        }
        catch (Exception e) when (e is FileNotFoundException or SafetensorsFormatException)
        {
            reason = $"The stored bytes cannot be read any more: {e.Message}";
            return null;
        }
    }

    private async Task DropAsync(int round, StoredUpdate update, string reason)
    {
        await _gate.WaitAsync(CancellationToken.None);
        try
        {
            await RecordAsync(new JournalRecord.UpdateDropped(round, update.Client, update.Digest, reason));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task CommitAsync(CancellationToken cancellation)
    {
        var round = _state.Round!;
        var publication = new ModelPublication(_storage, _owner, _format);
        var model = await publication.StageAsync(OutputLayout.Model(round.Number), file => _accumulator!.WriteAverageAsync(file, cancellation), _description, cancellation);
        var manifest = await publication.StageFileAsync(
            OutputLayout.Round(round.Number), "manifest", JsonSerializer.SerializeToUtf8Bytes(ManifestOf(round, model.Digest), FederationJsonContext.Default.RoundManifest), cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            await RecordAsync(new JournalRecord.ModelPublished(round.Number, model.Digest, _time.GetUtcNow()), () =>
            {
                publication.Publish(model);
                _storage.Move(manifest, OutputLayout.RoundManifest(round.Number));
                _storage.SyncFolder(OutputLayout.Round(round.Number));
            });
            _folded = _replayed = 0;
        }
        finally
        {
            _gate.Release();
        }
        _accumulator!.Dispose();
        _accumulator = null;
        foreach (var update in round.Updates.Where(update => update.Holder is null))
            _storage.Delete(update.File);
        if (_tree is not null)
            await _tree.EndAsync(round.Number);
    }

    private RoundManifest ManifestOf(RoundState round, string digest) => new()
    {
        Federation = _options.Uid,
        Round = round.Number,
        BaseModelVersion = round.Number - 1,
        ModelVersion = round.Number,
        ModelDigest = digest,
        Closed = round.Closed!.Value,
        Examples = round.Included.Sum(update => update.Examples),
        Included = [.. round.Included],
        NotIncluded = [.. round.NotIncluded],
    };

    private async Task FinishAsync(CancellationToken cancellation)
    {
        var version = _state.Version;
        var publication = new ModelPublication(_storage, _owner, _format);
        var model = await publication.StageCopyAsync(OutputLayout.Root, WeightsPath(version, _state), _state.Models[version], _description, cancellation);
        await _gate.WaitAsync(cancellation);
        try
        {
            await RecordAsync(new JournalRecord.Finished(version), () => publication.Publish(model));
        }
        finally
        {
            _gate.Release();
        }
        _news.Announce();
    }
}
