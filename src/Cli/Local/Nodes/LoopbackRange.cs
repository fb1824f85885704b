using System.Net;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The loopback addresses 127.B.N.0/24. Every one of them is local to the machine without any set-up on Linux.</summary>
/// <param name="Cluster">B, shared by the nodes of a cluster.</param>
/// <param name="Node">N, the node's own.</param>
internal readonly record struct LoopbackRange(byte Cluster, byte Node)
{
    /// <summary>Reads what <see cref="ToString"/> writes; null for anything else.</summary>
    public static LoopbackRange? Parse(string? cidr) =>
        IPNetwork.TryParse(cidr, out var network) && network.PrefixLength == 24 && network.BaseAddress.GetAddressBytes() is [127, var b, var n, 0]
            ? new(b, n)
            : null;

    /// <summary>An address of the range.</summary>
    public IPAddress Address(int host) => new([127, Cluster, Node, (byte)host]);

    /// <inheritdoc/>
    public override string ToString() => $"127.{Cluster}.{Node}.0/24";
}
