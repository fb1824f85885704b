using Hearth.Api.FederatedAggregations;
using Hearth.Compute;
using Hearth.Federation.Protocol;
using Hearth.Federation.Tree;
using Hearth.Testing;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tests.Tree;

/// <summary>
/// Aggregators of one process that reach each other by calls. A node is a folder; an aggregator that is killed leaves there what it had sealed, and every call
/// between two aggregators is a place to die for either.
/// </summary>
internal sealed class TreeWorld : ICoordinatorLink, IMemberLink, IDisposable
{
    private readonly string _folder;
    private readonly Dictionary<string, Member> _members = new(StringComparer.Ordinal);
    private readonly List<NodeShare> _tops = [];
    private long _version;
    private int _started;

    public TreeWorld(ManualTimeProvider? time = null, ICrashStorage? storage = null)
    {
        Time = time ?? new();
        Storage = storage ?? new CrashDisk();
        var parent = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(parent, $"hearth-tree-{Guid.NewGuid():N}")).FullName;
    }

    public ManualTimeProvider Time { get; }

    public ICrashStorage Storage { get; set; }

    public Aggregator? Top { get; private set; }

    public FederationOptions Options { get; init; } = Make.Options(rounds: 1, min: 2, max: 4);

    /// <summary>Memory of each node.</summary>
    public long Budget { get; init; } = 1 << 20;

    /// <summary>Asked before each call between aggregators; true loses the call, or its answer.</summary>
    public Func<bool, bool> Loses { get; set; } = _ => false;

    public IReadOnlyCollection<Member> Members => _members.Values;

    /// <summary>Bytes of sums that crossed from one node to another.</summary>
    public long Crossed { get; private set; }

    public async Task<Aggregator> StartTopAsync(string? node = null)
    {
        TreeOptions tree = new(this, node is null ? null : Share(node, $"top-{++_started}"));
        if (tree.Share is not null)
            _tops.Add(tree.Share);
        Top?.Dispose();
        TopNode = node ?? "";
        Top = await Aggregator.OpenAsync(Options, await Storage.OpenAsync(), Make.Accelerator, new TinyFormat(), Time, tree, CancellationToken.None);
        return Top;
    }

    public string TopNode { get; private set; } = "";

    public Member AddLeaf(string slot, string node, bool isShared = true)
    {
        var id = $"{slot}-{_members.Count}";
        var share = Share(isShared ? node : $"{node}.{id}", id);
        var member = new Member(id, slot, node, share, new LeafAggregator(share, isShared, Make.Accelerator, this, this, Time));
        _members[id] = member;
        return member;
    }

    /// <summary>kill -9: the process is gone, what it had sealed is not.</summary>
    public static void Kill(Member member)
    {
        member.IsAlive = false;
        member.Share.Dispose();
    }

    /// <summary>The machine is gone, and what lay in its memory.</summary>
    public void LoseNode(string node)
    {
        var folder = Path.Combine(_folder, node);
        foreach (var share in _tops.Where(share => share.Folder == folder).ToArray())
        {
            share.Dispose();
            _tops.Remove(share);
        }
        if (Directory.Exists(folder))
            Directory.Move(folder, $"{folder}.lost-{Guid.NewGuid():N}");
    }

    /// <summary>Gives the top a plan of those alive.</summary>
    public async Task PlanAsync()
    {
        var alive = _members.Values.Where(member => member.IsAlive).DistinctBy(member => member.Slot).ToArray();
        var middles = alive.GroupBy(member => member.Node).ToDictionary(node => node.Key, node => node.First().Slot);
        var plan = new AggregationPlan
        {
            Version = ++_version,
            Aggregators =
            [
                new() { Slot = "top", Node = TopNode, Address = "127.0.0.1:1", AssignmentId = "top" },
                .. alive.Select((member, i) => new PlannedAggregator
                {
                    Slot = member.Slot,
                    Node = member.Node,
                    Address = $"127.0.0.2:{i + 1}",
                    AssignmentId = member.Id,
                    Parent = middles[member.Node] == member.Slot ? "top" : middles[member.Node],
                }),
            ],
        };
        Assert.Empty(Top!.Follow(plan));
        await Top.SettleTreeAsync();
    }

    /// <summary>Sends a client's update to the leaf that its task names.</summary>
    public async Task<Refusal?> SendAsync(string client, byte[] update, long examples = 1)
    {
        var (task, refusal) = await Top!.GetTaskAsync(client, TimeSpan.Zero, CancellationToken.None);
        Assert.Null(refusal);
        return await SendAsync(task!.UpdateUrl!, task.Round!.Value, client, update, examples);
    }

    public Task<Refusal?> SendAsync(string url, int round, string client, byte[] update, long examples)
    {
        var slot = url.StartsWith("aggregators/", StringComparison.Ordinal) ? url.Split('/')[1] : "top";
        var upload = Make.Upload(round, client, update, examples);
        return _members.Values.FirstOrDefault(member => member.Slot == slot && member.IsAlive) is { } leaf
            ? leaf.Leaf.StoreAsync(upload, CancellationToken.None)
            : Top!.StoreAsync(upload, CancellationToken.None);
    }

    public Task<OfferAnswer> OfferAsync(LeafPlace place, UpdateOffer offer, CancellationToken cancellation) =>
        CallAsync(() => Top!.OfferAsync(offer));

    public Task<(byte[] Header, long DataLength)> GetLayoutAsync(LeafPlace place, CancellationToken cancellation) =>
        CallAsync(() => Task.FromResult(Top!.ReadLayout()));

    public Task PlaceAsync(PlannedAggregator member, LeafPlace place, CancellationToken cancellation) => CallAsync(() =>
    {
        Find(member.AssignmentId).Leaf.Place(place);
        return Task.FromResult(true);
    });

    public Task<SumAnswer> FinishAsync(string address, string assignmentId, SumRequest request, CancellationToken cancellation) =>
        CallAsync(() => Find(assignmentId).Leaf.FinishAsync(request, cancellation));

    public Task<SumAnswer> SumAsync(PlannedAggregator member, SumRequest request, Action<HostBuffer, long> add, CancellationToken cancellation) => CallAsync(async () =>
    {
        using var stream = new MemoryStream();
        SumAnswer? answer = null;
        await Find(member.AssignmentId).Leaf.SumAsync(request, null, async (found, sums) =>
        {
            answer = found;
            if (sums.Count > 0)
                await SumStream.WriteAsync(stream, sums, cancellation);
        }, cancellation);
        Crossed += stream.Length;
        stream.Position = 0;
        if (stream.Length > 0)
            await SumStream.ReadAsync(stream, 8, add, cancellation);
        return answer!;
    });

    public Task EndAsync(PlannedAggregator member, int round, CancellationToken cancellation) => CallAsync(async () =>
    {
        await Find(member.AssignmentId).Leaf.EndAsync(round, cancellation);
        return true;
    });

    public void Dispose()
    {
        Top?.Dispose();
        foreach (var member in _members.Values.Where(member => member.IsAlive))
            member.Share.Dispose();
        _tops.ForEach(share => share.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private NodeShare Share(string node, string owner) =>
        NodeShare.Open(Path.Combine(_folder, node), owner, new() { Budget = Budget }, Time);

    private Member Find(string id) => _members.GetValueOrDefault(id) is { IsAlive: true } member ? member : throw new IOException($"{id} is not there");

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        if (Loses(true))
            throw new IOException("lost on the way");
        var answer = await call();
        return Loses(false) ? throw new IOException("lost on the way back") : answer;
    }

    internal sealed class Member(string id, string slot, string node, NodeShare share, LeafAggregator leaf)
    {
        public string Id => id;

        public string Slot => slot;

        public string Node => node;

        public NodeShare Share => share;

        public LeafAggregator Leaf => leaf;

        public bool IsAlive { get; set; } = true;
    }
}
