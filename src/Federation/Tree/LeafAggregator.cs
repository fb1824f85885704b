using System.Collections.Concurrent;
using System.Diagnostics;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Accelerators;
using Hearth.Compute.Safetensors;
using Hearth.Federation.Models;
using Hearth.Federation.Protocol;
using Hearth.Federation.Updates;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>An aggregator that takes updates and folds them for the one that leads.</summary>
/// <remarks>
/// 1. An update is received into the memory of the node and sealed there, then offered to the one that leads, which records it; then it is acknowledged.
/// 2. It is folded as soon as all before it are, in the order of the record, several at a time where they queue. Its bytes stay beside the sums while memory
///    allows, so that nothing is lost even where this process ends in the middle of a fold.
/// 3. Nothing here is decided: asked for the sum of a list, it gives that of the list, or says what is gone.
/// </remarks>
public sealed class LeafAggregator : IDisposable
{
    private const int Batch = 8;

    // While more come, as many are folded in one pass over the sums, which then moves about half of the bytes that folding each alone would.
    private const int FewestAtOnce = 4;
    private const long MostHeaderBytes = 128L << 20;

    private readonly NodeShare _share;
    private readonly bool _isShared;
    private readonly Accelerator _accelerator;
    private readonly ICoordinatorLink _coordinator;
    private readonly IMemberLink _members;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _learning = new(1);
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(int Round, int Ordinal), HeldUpdate> _waiting = [];
    private readonly Dictionary<int, int> _folded = [];
    private readonly Dictionary<int, long> _inSums = [];
    private readonly Queue<(int Round, HeldUpdate Update)> _spare = new();
    private readonly ConcurrentDictionary<string, int> _held = new(StringComparer.Ordinal);
    private volatile LeafPlace? _place;
    private volatile Learnt? _learnt;
    private Task _folding = Task.CompletedTask;
    private bool _isFolding;
    private bool _isTight;
    private int _arriving;
    private int _ended;
    private long _received;
    private long _foldedEarlier;
    private long _onNode;
    private long _across;
    private double _foldMilliseconds;

    /// <summary>Begins with nothing.</summary>
    /// <param name="share">The memory of the node, or one of this process's own.</param>
    /// <param name="isShared">Whether the node's other aggregators see it.</param>
    /// <param name="accelerator">What folds.</param>
    /// <param name="coordinator">The way to the one that leads.</param>
    /// <param name="members">The way to the node's other aggregators.</param>
    /// <param name="time">The clock.</param>
    public LeafAggregator(NodeShare share, bool isShared, Accelerator accelerator, ICoordinatorLink coordinator, IMemberLink members, TimeProvider time) =>
        (_share, _isShared, _accelerator, _coordinator, _members, _time) = (share, isShared, accelerator, coordinator, members, time);

    /// <summary>What it has done.</summary>
    public AggregatorReport Report => new()
    {
        Slot = _place?.Slot ?? "",
        Node = _place?.Node ?? "",
        Roles = [AggregatorRole.Leaf],
        Received = Interlocked.Read(ref _received),
        Folded = Folded,
        BytesOnNode = Interlocked.Read(ref _onNode),
        BytesAcross = Interlocked.Read(ref _across),
        QueueBytes = QueueBytes,
        FoldMilliseconds = Volatile.Read(ref _foldMilliseconds),
    };

    /// <summary>Learns its place, and who leads.</summary>
    public void Place(LeafPlace place)
    {
        lock (_gate)
        {
            if (_place is null || place.Version >= _place.Version)
                _place = place;
        }
    }

    /// <summary>Takes an update. When this returns null, it is recorded: it may be acknowledged.</summary>
    public async Task<Refusal?> StoreAsync(UpdateUpload upload, CancellationToken cancellation)
    {
        if (UpdateCheck.FindFault(upload) is { } fault)
            return fault;
        if (_place is not { } place)
            return new(RefusalKind.Unavailable, "This aggregator does not know yet who leads the federation. Send the update again.");
        try
        {
            var learnt = await LearnAsync(place, cancellation);
            return FindNarrowness(learnt.Layout) ?? await StoreAsync(upload, place, learnt, cancellation);
        }
        catch (ShareException e)
        {
            return new(RefusalKind.Unavailable, e.Fault == ShareFault.Exists ? "This update is being received already. Ask again when it is." : $"{e.Message} Send the update again later.");
        }
        catch (IOException e)
        {
            return new(RefusalKind.Unavailable, $"The aggregator that leads was not reached: {e.Message} Send the update again.");
        }
    }

    /// <summary>Finishes the sum of this aggregator's own updates, for another of its node.</summary>
    public async Task<SumAnswer> FinishAsync(SumRequest request, CancellationToken cancellation)
    {
        if (request.Groups is not [{ } group] || group.Owner != _share.Owner || _learnt is not { } learnt)
            return new(0, "", "", [.. request.Groups.SelectMany(other => other.Updates.Select(update => update.Client))], [Report]);
        var answer = await learnt.Sums.FinishAsync(request.Round, group, cancellation);
        if (answer.Missing.Count == 0)
        {
            Interlocked.Add(ref _onNode, ShareSums.ObjectLength(learnt.Layout));
            OnInSums(request.Round, group.Updates.Count);
        }
        return answer with { Reports = [Report] };
    }

    /// <summary>Finds the sums of this node, for another node: <paramref name="send"/> is given them where none is missing, and disposes nothing.</summary>
    public async Task SumAsync(SumRequest request, LeafPlace? place, Func<SumAnswer, IReadOnlyList<ShareObject>, Task> send, CancellationToken cancellation)
    {
        if ((place ?? _place) is not { } known)
            throw new IOException("This aggregator does not know yet who leads the federation.");
        if (request.Memory != MemoryOf(known))
            throw new IOException($"This aggregator sees the memory \"{MemoryOf(known)}\", not \"{request.Memory}\".");
        var learnt = await LearnAsync(known, cancellation);
        var (sums, weight, missing, reports) = await learnt.Sums.CollectAsync(request, cancellation);
        try
        {
            if (missing.Count == 0)
            {
                Interlocked.Add(ref _across, learnt.Layout.ElementCount * sizeof(double));
                OnInSums(request.Round, request.Groups.Where(group => group.Owner == _share.Owner).Sum(group => group.Updates.Count));
            }
            var own = request.Groups.Count > 1 ? Report with { Roles = [AggregatorRole.Leaf, AggregatorRole.Middle] } : Report;
            await send(new(weight, "", "", missing, [.. reports, own]), sums);
        }
        finally
        {
            foreach (var sum in sums)
                sum.Dispose();
        }
    }

    /// <summary>A round is published: what is held of it goes.</summary>
    public async Task EndAsync(int round, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _ended = Math.Max(_ended, round);
            foreach (var key in _waiting.Keys.Where(key => key.Round <= round).ToArray())
                _waiting.Remove(key);
            foreach (var key in _folded.Keys.Concat(_inSums.Keys).Where(key => key <= round).ToArray())
            {
                _folded.Remove(key);
                if (_inSums.Remove(key, out var count))
                    _foldedEarlier += count;
            }
        }
        if (_learnt is { } learnt)
            await learnt.Sums.EndAsync(round, cancellation);
        foreach (var (name, of) in _held.Where(held => held.Value <= round))
            Drop(name);
    }

    /// <summary>Returns once what was accepted is folded.</summary>
    public Task SettleAsync()
    {
        lock (_gate)
            return _folding;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _learnt?.Sums.Dispose();
        _learning.Dispose();
    }

    private long Folded
    {
        get
        {
            lock (_gate)
                return _foldedEarlier + _inSums.Values.Sum();
        }
    }

    private long QueueBytes
    {
        get
        {
            lock (_gate)
                return _waiting.Count * (_learnt?.Layout.MaxUpdateBytes ?? 0);
        }
    }

    private async Task<Refusal?> StoreAsync(UpdateUpload upload, LeafPlace place, Learnt learnt, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _arriving);
        try
        {
            return await ReceiveAsync(upload, place, learnt, cancellation);
        }
        finally
        {
            Interlocked.Decrement(ref _arriving);
            FoldWhatIsDue();
        }
    }

    private async Task<Refusal?> ReceiveAsync(UpdateUpload upload, LeafPlace place, Learnt learnt, CancellationToken cancellation)
    {
        var update = new HeldUpdate(upload.Client, upload.Examples, upload.Digest);
        var name = SumNames.Update(upload.Round, update);
        if (upload.Round <= Volatile.Read(ref _ended))
            return await OfferOnlyAsync(upload, place, update, cancellation);
        // The sums' memory comes first: updates that wait to be folded must not keep it from those that fold them.
        await learnt.Sums.EnsureAsync(upload.Round, cancellation);
        if (!_held.ContainsKey(name))
        {
            MakeRoom(upload.Length ?? learnt.Layout.MaxUpdateBytes);
            if (await new LeafIntake(_share, _accelerator, learnt.Layout, _time).ReceiveAsync(upload, name, cancellation) is { } refusal)
                return refusal;
            _held[name] = upload.Round;
            Interlocked.Increment(ref _received);
        }
        // No cancellation from here on: a client that breaks off now may find its update acknowledged when it asks again.
        var answer = await _coordinator.OfferAsync(place, new(upload.Round, update, new(place.Slot, MemoryOf(place), _share.Owner), Report), CancellationToken.None);
        // Of a round that is not there nothing is kept: whoever names rounds of their own would fill the node's memory with sums.
        if (answer.Refusal is { Kind: RefusalKind.UnknownRound })
            await learnt.Sums.ForgetAsync(round => round == upload.Round, CancellationToken.None);
        if (answer.Refusal is not null || answer.Owner != _share.Owner)
            Drop(name);
        else
            Accept(upload.Round, answer.Ordinal, update with { Examples = answer.Examples });
        return answer.Refusal;
    }

    private string MemoryOf(LeafPlace place) => _isShared ? place.Node : $"{place.Node}/{_share.Owner}";

    /// <summary>For a round that is over the one that leads knows the answer, whatever the body is.</summary>
    private async Task<Refusal?> OfferOnlyAsync(UpdateUpload upload, LeafPlace place, HeldUpdate update, CancellationToken cancellation)
    {
        var answer = await _coordinator.OfferAsync(place, new(upload.Round, update, new(place.Slot, "", ""), Report), cancellation);
        return answer.Refusal;
    }

    private void Accept(int round, int ordinal, HeldUpdate update)
    {
        lock (_gate)
        {
            if (round <= _ended || ordinal < _folded.GetValueOrDefault(round))
                return;
            _waiting[(round, ordinal)] = update;
        }
    }

    /// <summary>Folds what waits, unless others arrive that it can soon be folded together with.</summary>
    private void FoldWhatIsDue()
    {
        lock (_gate)
        {
            if (_isFolding || !IsDue)
                return;
            _isFolding = true;
            _folding = Task.Run(FoldAsync);
        }
    }

    private bool IsDue => _waiting.Count >= FewestAtOnce || (_waiting.Count > 0 && (_isTight || Volatile.Read(ref _arriving) == 0));

    private async Task FoldAsync()
    {
        while (TakeBatch() is ({ Length: > 0 } batch, var round))
        {
            var start = Stopwatch.GetTimestamp();
            try
            {
                await _learnt!.Sums.UseAsync(round, async sums =>
                {
                    // Asked for the sum meanwhile, it may have folded these already.
                    if (sums.Count == _folded.GetValueOrDefault(round) - batch.Length)
                        await sums.FoldAsync(batch, CancellationToken.None);
                    return true;
                }, CancellationToken.None);
            }
            catch (Exception e) when (e is ShareException or SafetensorsFormatException or IOException)
            {
                // The sums begin anew when they are asked for; what is gone by then is said.
            }
            OnFolded(round, batch, Stopwatch.GetElapsedTime(start));
        }
    }

    private (HeldUpdate[] Batch, int Round) TakeBatch()
    {
        lock (_gate)
        {
            var batch = new List<HeldUpdate>();
            if (!(_isFolding = IsDue))
                return ([], 0);
            var round = _waiting.Keys.First().Round;
            var next = _folded.GetValueOrDefault(round);
            while (batch.Count < Batch && _waiting.Remove((round, next + batch.Count), out var update))
                batch.Add(update);
            // One that is missing before them is still on its way, and wakes this again.
            _isFolding = batch.Count > 0;
            _folded[round] = next + batch.Count;
            return ([.. batch], round);
        }
    }

    private void OnFolded(int round, HeldUpdate[] batch, TimeSpan took)
    {
        var each = took.TotalMilliseconds / batch.Length;
        var before = Volatile.Read(ref _foldMilliseconds);
        Volatile.Write(ref _foldMilliseconds, before == 0 ? each : (0.7 * before) + (0.3 * each));
        lock (_gate)
        {
            OnInSums(round, _folded.GetValueOrDefault(round));
            foreach (var update in batch)
                _spare.Enqueue((round, update));
        }
        MakeRoom(0);
    }

    private void OnInSums(int round, long count)
    {
        lock (_gate)
        {
            if (round > _ended)
                _inSums[round] = Math.Max(_inSums.GetValueOrDefault(round), count);
        }
    }

    /// <summary>Gives back updates that are in the sums, from half of the node's memory on. Where that is not enough, none waits for others to be folded with.</summary>
    private void MakeRoom(long bytes)
    {
        var isTight = false;
        while (_share.Used + bytes > _share.Budget / 2)
        {
            (int Round, HeldUpdate Update) folded;
            lock (_gate)
                isTight = !_spare.TryDequeue(out folded);
            if (isTight)
                break;
            Drop(SumNames.Update(folded.Round, folded.Update));
        }
        lock (_gate)
            _isTight = isTight;
        if (isTight)
            FoldWhatIsDue();
    }

    private void Drop(string name)
    {
        _held.TryRemove(name, out _);
        _share.Remove(name);
    }

    private Refusal? FindNarrowness(ModelLayout layout)
    {
        var needed = 2 * (ShareSums.ObjectLength(layout) + layout.MaxUpdateBytes);
        return needed <= _share.Budget ? null : new(
            RefusalKind.Unavailable, $"The node's memory for federations has {_share.Budget} bytes, but sums and updates of this model need {needed}: raise nodeShare.sizeLimit of the pool.");
    }

    private async Task<Learnt> LearnAsync(LeafPlace place, CancellationToken cancellation)
    {
        if (_learnt is { } known)
            return known;
        await _learning.WaitAsync(cancellation);
        try
        {
            if (_learnt is { } meanwhile)
                return meanwhile;
            var (header, dataLength) = await _coordinator.GetLayoutAsync(place, cancellation);
            var length = SafetensorsHeader.ReadLength(header.AsSpan(0, SafetensorsHeader.PrefixLength), MostHeaderBytes);
            var layout = ModelLayout.Of(SafetensorsHeader.Parse(header.AsSpan(SafetensorsHeader.PrefixLength, length), dataLength));
            return _learnt = new(layout, new NodeSums(_share, _accelerator, layout, _members));
        }
        catch (Exception e) when (e is SafetensorsFormatException or FormatException)
        {
            throw new IOException($"the layout of the model is not understood: {e.Message}", e);
        }
        finally
        {
            _learning.Release();
        }
    }

    private sealed record Learnt(ModelLayout Layout, NodeSums Sums);
}
