using System.Net;
using Hearth.Transport.Collectives;

namespace Hearth.Transport.Tests.Collectives;

/// <summary>All ranks of a ring in this process, on the loopback address.</summary>
internal sealed class RingGroup : IDisposable
{
    /// <summary>Only a failing test takes so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private RingGroup(IReadOnlyList<Ring> ranks) => Ranks = ranks;

    public IReadOnlyList<Ring> Ranks { get; }

    public static RingIdentity Identity(int rank, int worldSize, string token = "token") => new("job", 1, rank, worldSize, token);

    public static RingListener Listen() => RingListener.Bind(new(IPAddress.Loopback, 0));

    public static async Task<RingGroup> JoinAsync(int worldSize, RingOptions? options = null, TimeProvider? time = null)
    {
        var listeners = Enumerable.Range(0, worldSize).Select(_ => Listen()).ToArray();
        var peers = listeners.Select(listener => listener.LocalEndPoint).ToArray();
        var ranks = await Task.WhenAll(listeners.Select((listener, rank) =>
            Ring.JoinAsync(Identity(rank, worldSize), listener, peers, options ?? new(), time ?? TimeProvider.System, default))).WaitAsync(Patience);
        foreach (var listener in listeners)
            listener.Dispose();
        return new RingGroup(ranks);
    }

    /// <summary>Has every rank do the same at once.</summary>
    public Task AllAsync(Func<Ring, Task> work) => Task.WhenAll(Ranks.Select(ring => Task.Run(() => work(ring)))).WaitAsync(Patience);

    public void Dispose()
    {
        foreach (var ring in Ranks)
            ring.Dispose();
    }
}
