using System.Net;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The loopback addresses 127.77.N.0/24 of a node. Every one of them is local to the machine without any set-up on Linux.</summary>
/// <param name="Node">N, unique among the process nodes of this machine, whatever cluster they are of.</param>
internal readonly record struct LoopbackRange(byte Node)
{
    // A number nobody else has a reason to choose: 127.0, 127.1 and 127.53 are in use for other things.
    private const byte Network = 77;

    /// <summary>Every range a node can have.</summary>
    public static IEnumerable<LoopbackRange> All => Enumerable.Range(1, 254).Select(n => new LoopbackRange((byte)n));

    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static LoopbackRange? Parse(string? cidr) =>
        IPNetwork.TryParse(cidr, out var network) && network.PrefixLength == 24 && network.BaseAddress.GetAddressBytes() is [127, Network, var n, 0]
            ? new(n)
            : null;

    /// <summary>An address of the range.</summary>
    public IPAddress Address(int host) => new([127, Network, Node, (byte)host]);

    /// <inheritdoc/>
    public override string ToString() => $"127.{Network}.{Node}.0/24";
}
