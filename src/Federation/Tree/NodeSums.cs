using System.Collections.Concurrent;
using Hearth.Api.FederatedAggregations;
using Hearth.Compute.Accelerators;
using Hearth.Federation.Models;
using Hearth.Transport.Shares;

namespace Hearth.Federation.Tree;

/// <summary>An aggregator's part in its node's memory: its own sums, those it took over from the dead, and those of neighbours that it reads.</summary>
/// <remarks>Safe for use by several threads; sums are made by one at a time.</remarks>
internal sealed class NodeSums(NodeShare share, Accelerator accelerator, ModelLayout layout, IMemberLink link) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly ConcurrentDictionary<(int Round, string Owner), OwnerSums> _sums = [];

    /// <summary>Takes the memory for the sums of this process's own updates; waits for nobody where it is taken.</summary>
    public async Task EnsureAsync(int round, CancellationToken cancellation)
    {
        if (_sums.TryGetValue((round, share.Owner), out var there) && there.HasMemory)
            return;
        await UseAsync(round, async sums =>
        {
            await sums.EnsureAsync(cancellation);
            return true;
        }, cancellation);
    }

    /// <summary>Runs something with the sums of this process's own updates, alone.</summary>
    public async Task<T> UseAsync<T>(int round, Func<OwnerSums, Task<T>> use, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            return await use(Of(round, share.Owner));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finds or makes the sum of each group.</summary>
    /// <returns>The sums in the order of the groups, to be disposed; or the clients whose updates are gone.</returns>
    /// <exception cref="ShareException">The node's memory refused.</exception>
    public async Task<(IReadOnlyList<ShareObject> Sums, double Weight, IReadOnlyList<string> Missing, IReadOnlyList<AggregatorReport> Reports)> CollectAsync(
        SumRequest request, CancellationToken cancellation)
    {
        List<ShareObject> sums = [];
        List<string> missing = [];
        List<AggregatorReport> reports = [];
        var weight = 0.0;
        try
        {
            foreach (var group in request.Groups)
            {
                var answer = await AskAsync(request.Round, request.Memory, group, reports, cancellation) ?? await FinishAsync(request.Round, group, cancellation);
                missing.AddRange(answer.Missing);
                if (answer.Missing.Count > 0)
                    continue;
                sums.Add(share.Open(answer.Owner, answer.Name));
                weight += answer.Weight;
            }
            if (missing.Count == 0)
                return (sums, weight, [], reports);
        }
        catch
        {
            sums.ForEach(sum => sum.Dispose());
            throw;
        }
        sums.ForEach(sum => sum.Dispose());
        return ([], 0, missing, reports);
    }

    /// <summary>Makes the sum of a group in this process.</summary>
    public async Task<SumAnswer> FinishAsync(int round, SumGroup group, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            var sums = Of(round, group.Owner);
            var missing = await sums.CatchUpAsync(group.Updates, cancellation);
            return new(missing.Count == 0 ? sums.Weight : 0, share.Owner, sums.Name, missing, []);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives back what is held of rounds up to this one.</summary>
    public Task EndAsync(int round, CancellationToken cancellation) => ForgetAsync(held => held <= round, cancellation);

    /// <summary>Gives back what is held of some rounds.</summary>
    public async Task ForgetAsync(Func<int, bool> which, CancellationToken cancellation)
    {
        await _gate.WaitAsync(cancellation);
        try
        {
            foreach (var key in _sums.Keys.Where(key => which(key.Round)))
            {
                if (_sums.TryRemove(key, out var sums))
                    sums.Forget();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var sums in _sums.Values)
            sums.Dispose();
        _gate.Dispose();
    }

    /// <summary>The answer of the aggregator that owns the updates; null where it cannot be asked.</summary>
    private async Task<SumAnswer?> AskAsync(int round, string memory, SumGroup group, List<AggregatorReport> reports, CancellationToken cancellation)
    {
        if (group.Owner == share.Owner || group.Address is null)
            return null;
        try
        {
            var answer = await link.FinishAsync(group.Address, group.Owner, new SumRequest(round, memory, [group]), cancellation);
            reports.AddRange(answer.Reports);
            if (answer.Missing.Count > 0)
                return answer;
            using var sums = share.Open(answer.Owner, answer.Name);
            return SumHeader.Read(sums.Buffer, layout.ElementCount) is { } header && header.Count == group.Updates.Count && header.IsPrefixOf(group.Updates) ? answer : null;
        }
        catch (Exception e) when (e is IOException or ShareException { Fault: ShareFault.NotFound })
        {
            return null;
        }
    }

    private OwnerSums Of(int round, string owner) =>
        _sums.GetOrAdd((round, owner), key => new OwnerSums(share, accelerator, layout, key.Round, key.Owner));
}
