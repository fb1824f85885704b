using System.Collections.Immutable;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Clients;
using Hearth.Federation.Folding;
using Hearth.Federation.Journal;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Rounds;
using Hearth.Federation.Storage;
using Hearth.Federation.Tree;
using Hearth.Federation.Updates;

namespace Hearth.Federation;

/// <summary>Runs the rounds of a federation: asks clients, gathers and folds their updates, publishes models.</summary>
/// <remarks>
/// 1. What happened stands in the journal before anyone is told; the state is what the journal's records make of it, so that another aggregator, opened
///    on the same storage, goes on where this one stopped.
/// 2. An update is acknowledged once its bytes, its name and its record are on the disk. It is then in exactly one round's manifest: among those
///    included, or among those that are not, with the reason.
/// 3. Updates are folded as they come, in the order of the journal. The sums are kept in memory alone: after a crash they are made again from the
///    files, in the same order, and so are the same bits. A committed round's files are deleted only behind the record that publishes its model.
/// 4. Whatever goes wrong with the storage ends this aggregator, not the federation: requests get <see cref="RefusalKind.Unavailable"/>.
/// One task calls <see cref="RunAsync"/>; everything else may be called from several threads.
/// </remarks>
public sealed partial class Aggregator : IDisposable
{
    private readonly FederationOptions _options;
    private readonly IFederationStorage _storage;
    private readonly Accelerator _accelerator;
    private readonly IModelFormat _format;
    private readonly TimeProvider _time;
    private readonly OutputOwner _owner;
    private readonly JournalFile _journal;
    private readonly ModelLayout _layout;
    private readonly UpdateIntake _intake;
    private readonly ClientRegistry _clients;
    private readonly Coordinator? _tree;
    private readonly byte[] _description;

    // Held while something is decided and recorded; what is decided upon is the state, which changes only there.
    private readonly SemaphoreSlim _gate = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private volatile FederationState _state;
    private volatile ImmutableHashSet<string> _awaited = ImmutableHashSet.Create<string>(StringComparer.Ordinal);
    private volatile Exception? _broken;

    // Something to plan for; something to tell the clients that wait.
    private readonly Announcement _changed = new();
    private readonly Announcement _news = new();

    // Only the running task's.
    private FoldAccumulator? _accumulator;
    private int _folded;
    private int _replayed;
    private long _rejected;
    private volatile string? _lastRefusal;

    private Aggregator(
        FederationOptions options, IFederationStorage storage, Accelerator accelerator, IModelFormat format, TimeProvider time,
        OutputOwner owner, JournalFile journal, FederationState state, ModelLayout layout, byte[] description, TreeOptions? tree)
    {
        _tree = tree is null ? null : new Coordinator(tree, accelerator, layout, time);
        (_options, _storage, _accelerator, _format, _time) = (options, storage, accelerator, format, time);
        (_owner, _journal, _state, _layout, _description) = (owner, journal, state, layout, description);
        _intake = new UpdateIntake(storage, accelerator, layout, owner.Epoch, options.MaxUploads);
        _clients = new ClientRegistry(options, time);
        // A client at work when the last aggregator died is known, and its update awaited.
        foreach (var client in state.Round?.Selected ?? [])
        {
            _clients.TryJoin(client);
            if (state.Round!.Find(client) is null)
                _awaited = _awaited.Add(client);
        }
        _replayed = state.Round?.Updates.Count ?? 0;
    }

    /// <summary>How far it is.</summary>
    public FederationProgress Progress
    {
        get
        {
            var state = _state;
            var folded = Volatile.Read(ref _folded);
            return new FederationProgress
            {
                Round = Math.Min(state.Round?.Number ?? state.Models.Count, _options.Rounds),
                Phase = PhaseOf(state, folded),
                Clients = _clients.Count,
                Received = state.Received,
                Folded = state.Folded + (state.Round is null ? 0 : Math.Min(folded, state.Round.Counting.Count)),
                Rejected = Interlocked.Read(ref _rejected) + state.Dropped,
                LastRefusal = _lastRefusal,
                ModelVersion = state.Version,
                ModelDigest = state.Models[^1],
                Tree = _tree?.Reports ?? [],
            };
        }
    }

    /// <summary>Takes over a federation's storage, or begins it there.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="storage">Where everything is kept.</param>
    /// <param name="accelerator">What folds.</param>
    /// <param name="format">What is known of the models.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tree">The way to aggregators that take updates for this one; null where it is to be alone.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="OutputException">The storage is another federation's, or damaged.</exception>
    /// <exception cref="FormatException">The initial model cannot be averaged.</exception>
    /// <exception cref="IOException">The storage refused.</exception>
    public static async Task<Aggregator> OpenAsync(
        FederationOptions options, IFederationStorage storage, Accelerator accelerator, IModelFormat format, TimeProvider time, TreeOptions? tree, CancellationToken cancellation)
    {
        var owner = await OutputOwner.TakeAsync(storage, options, cancellation);
        JournalFile journal;
        IReadOnlyList<JournalRecord> records;
        using (await owner.EnterAsync())
            (journal, records) = JournalFile.Open(storage);
        try
        {
            var state = Replay(records, storage);
            if (state.Models.IsEmpty)
            {
                using var initial = await format.CreateAsync(cancellation);
                var publication = new ModelPublication(storage, owner, format);
                var staged = await publication.StageAsync(
                    OutputLayout.Model(0), file => SafetensorsWriter.WriteAsync(file, initial.Weights, cancellationToken: cancellation), initial.Description, cancellation);
                using (var weights = storage.OpenTensors(staged.Weights))
                    ModelLayout.Of(weights.Header);
                var published = new JournalRecord.ModelPublished(0, staged.Digest, time.GetUtcNow());
                using (await owner.EnterAsync())
                {
                    publication.Publish(staged);
                    journal.Append(published);
                }
                state = state.Apply(published);
            }
            CleanUp(storage, state);
            // Every model has the first one's layout; the latest is what clients ask for next.
            using var model = storage.OpenTensors(WeightsPath(state.Version, state));
            var description = ReadAll(storage, $"{OutputLayout.Model(state.Version)}/{OutputLayout.ModelManifest}");
            return new Aggregator(options, storage, accelerator, format, time, owner, journal, state, ModelLayout.Of(model.Header), description, tree);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Ends requests that wait, and takes no more. What is being written is written to its end.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        _news.Announce();
        _changed.Announce();
        await _gate.WaitAsync();
        _gate.Release();
    }

    /// <summary>Gives up what it holds. Only once <see cref="StopAsync"/>, <see cref="RunAsync"/> and all requests have ended.</summary>
    public void Dispose()
    {
        _accumulator?.Dispose();
        _tree?.Dispose();
        _journal.Dispose();
        _intake.Dispose();
        _gate.Dispose();
        _stopping.Dispose();
    }

    private static FederationState Replay(IReadOnlyList<JournalRecord> records, IFederationStorage storage)
    {
        var state = new FederationState();
        try
        {
            foreach (var record in records)
                state = state.Apply(record);
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException)
        {
            throw new OutputException($"'{OutputLayout.Journal}' in '{storage.Name}' contradicts itself: {e.Message} Restore the directory from a copy, or choose another output.uri.", e);
        }
        return state;
    }

    /// <summary>Deletes what crashes left: files half written, updates that were never acknowledged, and those of rounds whose model is published.</summary>
    private static void CleanUp(IFederationStorage storage, FederationState state)
    {
        var counting = state.Round?.Updates.Select(update => update.File).ToHashSet(StringComparer.Ordinal) ?? [];
        string[] folders =
        [
            OutputLayout.Root,
            .. storage.ListFolders(OutputLayout.Models).Select(version => $"{OutputLayout.Models}/{version}"),
            .. storage.ListFolders(OutputLayout.Rounds).SelectMany(round => new[] { $"{OutputLayout.Rounds}/{round}", $"{OutputLayout.Rounds}/{round}/updates" }),
        ];
        foreach (var folder in folders)
        {
            var isUpdates = folder.EndsWith("/updates", StringComparison.Ordinal);
            foreach (var name in storage.ListFiles(folder))
            {
                var path = folder.Length == 0 ? name : $"{folder}/{name}";
                if (OutputLayout.IsTemporary(name) || (isUpdates && !counting.Contains(path)))
                    storage.Delete(path);
            }
        }
    }

    private static byte[] ReadAll(IFederationStorage storage, string path)
    {
        using var file = storage.OpenRead(path);
        var content = new byte[file.Length];
        file.ReadExactly(content);
        return content;
    }

    private static string WeightsPath(int version, FederationState state) => $"{OutputLayout.Model(version)}/{OutputLayout.WeightsFile(state.Models[version])}";

    private RoundPhase PhaseOf(FederationState state, int folded) => state.Round switch
    {
        null => state.Version >= _options.Rounds ? RoundPhase.Published : RoundPhase.Selecting,
        { Closed: null } => RoundPhase.Collecting,
        var round => folded < round.Updates.Count ? RoundPhase.Folding : RoundPhase.Committing,
    };

    /// <summary>Puts a record into the journal and the state. Only behind <see cref="_gate"/>.</summary>
    /// <param name="record">What happened.</param>
    /// <param name="publish">Gives the files that the record speaks of their names; runs only where this aggregator may still write.</param>
    private async Task RecordAsync(JournalRecord record, Action? publish = null)
    {
        ThrowIfBroken();
        var next = _state.Apply(record);
        try
        {
            using (await _owner.EnterAsync())
            {
                publish?.Invoke();
                _journal.Append(record);
            }
        }
        catch (Exception e)
        {
            // Whether the record is on the disk, only the next one to read the journal will know.
            Break(e);
            throw;
        }
        _state = next;
        _changed.Announce();
    }

    private void Break(Exception cause)
    {
        _broken ??= cause;
        _news.Announce();
        _changed.Announce();
    }

    private void ThrowIfBroken()
    {
        if (_broken is { } broken)
            throw new IOException($"The aggregator has stopped: {broken.Message}", broken);
    }
}
