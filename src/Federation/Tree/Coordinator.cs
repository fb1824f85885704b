using System.Collections.Concurrent;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Folding;
using Hearth.Federation.Models;
using Hearth.Federation.Rounds;

namespace Hearth.Federation.Tree;

/// <summary>What the aggregator that leads knows of the others, and how it gets their sums.</summary>
/// <remarks>Sums are added in the order of the journal: by memory, and within a memory by owner, as they first appear in it. So the same journal gives the same bits.</remarks>
internal sealed class Coordinator : IDisposable
{
    private const string Top = "top";
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly TreeOptions _options;
    private readonly ModelLayout _layout;
    private readonly TimeProvider _time;
    private readonly NodeSums? _own;
    private readonly ConcurrentDictionary<string, AggregatorReport> _reports = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _unreachable = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private volatile AggregationPlan _plan = new();
    private volatile PlannedAggregator[] _leaves = [];
    private PlannedAggregator[] _unplaced = [];
    private Task _placing = Task.CompletedTask;

    public Coordinator(TreeOptions options, Accelerator accelerator, ModelLayout layout, TimeProvider time)
    {
        (_options, _layout, _time) = (options, layout, time);
        _own = options.Share is null ? null : new NodeSums(options.Share, accelerator, layout, options.Link);
    }

    /// <summary>What each aggregator of the plan has done.</summary>
    public IReadOnlyList<AggregatorReport> Reports
    {
        get
        {
            var plan = _plan;
            return [.. plan.Aggregators.Where(member => member.Slot != Top).Select(member =>
                (_reports.GetValueOrDefault(member.AssignmentId) ?? new()) with { Slot = member.Slot, Node = member.Node, Roles = RolesOf(member, plan) })];
        }
    }

    /// <summary>What is wrong with a plan, every fault a sentence.</summary>
    public static IReadOnlyList<string> FindFaults(AggregationPlan plan)
    {
        List<string> faults = [];
        if (plan.Aggregators.Count(member => member.Slot == Top) != 1)
            faults.Add($"aggregators: {plan.Aggregators.Count(member => member.Slot == Top)} have slot \"{Top}\"; one is expected");
        faults.AddRange(plan.Aggregators.GroupBy(member => member.Slot).Where(slot => slot.Count() > 1).Select(slot => $"aggregators: slot \"{slot.Key}\" is there {slot.Count()} times"));
        var parents = plan.Aggregators.DistinctBy(member => member.Slot).ToDictionary(member => member.Slot, member => member.Parent);
        foreach (var member in plan.Aggregators)
        {
            if (member.Slot == Top ? member.Parent is not null : member.Parent is null || !parents.ContainsKey(member.Parent))
                faults.Add($"slot \"{member.Slot}\": parent is \"{member.Parent}\"; {(member.Slot == Top ? "the top has none" : "another slot of the plan is expected")}");
            else if (IsInCircle(member.Slot, parents))
                faults.Add($"slot \"{member.Slot}\": its parents lead back to it");
            if (!System.Net.IPEndPoint.TryParse(member.Address, out _) || member.AssignmentId.Length == 0)
                faults.Add($"slot \"{member.Slot}\": address is \"{member.Address}\" and assignmentId \"{member.AssignmentId}\"; ip:port and an id are expected");
        }
        return faults;
    }

    /// <summary>Takes a plan without faults, and tells the leaves their places.</summary>
    public void Follow(AggregationPlan plan)
    {
        lock (_gate)
        {
            if (plan.Version < _plan.Version)
                return;
            _plan = plan;
            _leaves = [.. plan.Aggregators.Where(member => member.Slot != Top).OrderBy(member => member.Slot, StringComparer.Ordinal)];
            _unplaced = _leaves;
            _placing = PlaceAsync(plan);
        }
    }

    /// <summary>Tells those who could not be told yet.</summary>
    public void Remind()
    {
        lock (_gate)
        {
            if (_unplaced.Length > 0 && _placing.IsCompleted)
                _placing = PlaceAsync(_plan);
        }
    }

    /// <summary>Where the update of a client goes; empty for the one that leads.</summary>
    public string PrefixFor(int position) => _leaves is { Length: > 0 } leaves ? $"aggregators/{leaves[position % leaves.Length].Slot}/" : "";

    /// <summary>Takes in what a leaf says it has done.</summary>
    public void Note(string owner, AggregatorReport report) => _reports[owner] = report;

    /// <summary>Adds the sums of all updates that lie in memories.</summary>
    public async Task<SumsOutcome> AddAsync(RoundState round, FoldAccumulator sums, CancellationToken cancellation)
    {
        List<(StoredUpdate, string)> lost = [];
        foreach (var memory in round.Updates.Where(update => update is { DropReason: null, Holder: not null }).GroupBy(update => update.Holder!.Memory))
        {
            var updates = memory.ToArray();
            if (await TryAddAsync(round.Number, memory.Key, updates, sums, cancellation) is { } missing)
            {
                _unreachable.Remove(memory.Key);
                lost.AddRange(updates.Where(update => missing.Contains(update.Client)).Select(update => (update, LostBy(update))));
                continue;
            }
            var now = _time.GetUtcNow();
            _unreachable.TryAdd(memory.Key, now);
            if (now - _unreachable[memory.Key] < _options.LostAfter)
                return new([], memory.Key);
            lost.AddRange(updates.Select(update => (update, $"The node that held it was lost before it was folded: \"{memory.Key}\" has not answered for {_options.LostAfter.TotalSeconds:0} s.")));
        }
        return lost.Count == 0 ? SumsOutcome.Complete : new(lost, null);
    }

    /// <summary>A round is published.</summary>
    public async Task EndAsync(int round)
    {
        if (_own is not null)
            await _own.EndAsync(round, CancellationToken.None);
        foreach (var member in _leaves)
            await TryAsync(cancel => _options.Link.EndAsync(member, round, cancel));
    }

    /// <summary>Returns once all leaves were told their places, or could not be.</summary>
    public Task SettleAsync()
    {
        lock (_gate)
            return _placing;
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();

    private static string LostBy(StoredUpdate update) =>
        $"Its bytes were lost with aggregator \"{update.Holder!.Slot}\" before they were folded into a model. Train for the round again if it is still open.";

    private static bool IsInCircle(string slot, Dictionary<string, string?> parents)
    {
        var at = parents[slot];
        for (var steps = 0; at is not null && steps < parents.Count; steps++)
        {
            if (at == slot)
                return true;
            at = parents.GetValueOrDefault(at);
        }
        return false;
    }

    private static IReadOnlyList<AggregatorRole> RolesOf(PlannedAggregator member, AggregationPlan plan) =>
        plan.Aggregators.Any(child => child.Parent == member.Slot) ? [AggregatorRole.Leaf, AggregatorRole.Middle] : [AggregatorRole.Leaf];

    /// <summary>Adds the sums of one memory.</summary>
    /// <returns>Clients whose updates are gone; null where nobody could be asked.</returns>
    private async Task<IReadOnlyList<string>?> TryAddAsync(int round, string memory, StoredUpdate[] updates, FoldAccumulator sums, CancellationToken cancellation)
    {
        var plan = _plan;
        var request = new SumRequest(round, memory, [.. updates.GroupBy(update => update.Holder!.Owner).Select(owner => new SumGroup(
            owner.Key,
            plan.Aggregators.FirstOrDefault(member => member.AssignmentId == owner.Key)?.Address,
            [.. owner.Select(update => new HeldUpdate(update.Client, update.Examples, update.Digest))]))]);
        if (_own is not null && plan.Aggregators.Any(member => member.Slot == Top && member.Node == memory))
            return await AddOwnAsync(request, sums, cancellation);
        // A middle first; any other of the node can do it too.
        foreach (var member in plan.Aggregators.Where(member => member.Slot != Top && IsWithin(member, memory)).OrderByDescending(member => member.Parent == Top))
        {
            var (isBegun, end) = (false, 0L);
            try
            {
                var answer = await _options.Link.SumAsync(member, request, Add, cancellation);
                foreach (var report in answer.Reports)
                    NoteBySlot(report);
                if (answer.Missing.Count == 0 && end != _layout.ElementCount)
                    return null;
                sums.AddWeight(answer.Weight);
                return answer.Missing;
            }
            catch (IOException)
            {
                // What was added in part does not count: sums that a memory is missing from are made again.
                if (isBegun)
                    return null;
            }

            void Add(HostBuffer piece, long at)
            {
                isBegun = true;
                end = at + (piece.Length / sizeof(double));
                if (end > _layout.ElementCount)
                    throw new IOException($"Sums of more than the model's {_layout.ElementCount} elements came.");
                sums.Add(piece, at);
            }
        }
        return null;
    }

    private async Task<IReadOnlyList<string>> AddOwnAsync(SumRequest request, FoldAccumulator sums, CancellationToken cancellation)
    {
        var (found, _, missing, reports) = await _own!.CollectAsync(request, cancellation);
        foreach (var sum in found)
        {
            using var held = sum;
            using (var elements = ShareSums.ElementsOf(sum.Buffer))
                sums.Add(elements, 0);
            sums.AddWeight(SumHeader.Read(sum.Buffer, _layout.ElementCount)!.Weight);
        }
        foreach (var report in reports)
            NoteBySlot(report);
        return missing;
    }

    private void NoteBySlot(AggregatorReport report)
    {
        if (_plan.Aggregators.FirstOrDefault(member => member.Slot == report.Slot) is { } member)
            Note(member.AssignmentId, report);
    }

    /// <summary>Whether an aggregator can open what lies in a memory: its node's, or its own.</summary>
    private static bool IsWithin(PlannedAggregator member, string memory) => member.Node == memory || memory == $"{member.Node}/{member.AssignmentId}";

    private async Task PlaceAsync(AggregationPlan plan)
    {
        var top = plan.Aggregators.First(member => member.Slot == Top);
        var left = new List<PlannedAggregator>();
        foreach (var leaf in _unplaced)
        {
            if (!await TryAsync(cancel => _options.Link.PlaceAsync(leaf, new LeafPlace(plan.Version, leaf.Slot, leaf.Node, top.Address, top.AssignmentId), cancel)))
                left.Add(leaf);
        }
        lock (_gate)
        {
            if (plan == _plan)
                _unplaced = [.. left];
        }
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> call)
    {
        using var late = new CancellationTokenSource(AnswerWithin, _time);
        try
        {
            await call(late.Token);
            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }
}
