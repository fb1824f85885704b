using System.Net;

namespace Hearth.Cli.Local.Nodes;

/// <summary>The addresses 127.77.N.2 to 127.77.N.254 of a node's pods; .1 is the node's own.</summary>
/// <remarks>Given in turn, so that an address rests as long as possible before another pod gets it.</remarks>
internal sealed class PodAddresses(LoopbackRange range)
{
    /// <summary>Pods a node has addresses for.</summary>
    public const int Capacity = 253;

    private const int First = 2;

    private readonly bool[] _used = new bool[Capacity];
    private int _next;

    /// <summary>A free address, <paramref name="preferred"/> if it is one; null when all are taken.</summary>
    public IPAddress? Take(string? preferred = null)
    {
        lock (_used)
        {
            for (var i = 0; i < Capacity; i++)
            {
                if (!_used[i] && Address(i).ToString() == preferred)
                    return Use(i);
            }
            for (var tries = 0; tries < Capacity; tries++)
            {
                var i = _next;
                _next = (_next + 1) % Capacity;
                if (!_used[i])
                    return Use(i);
            }
            return null;
        }
    }

    /// <summary>Gives an address back.</summary>
    public void Return(IPAddress address)
    {
        lock (_used)
            _used[address.GetAddressBytes()[3] - First] = false;
    }

    private IPAddress Use(int i)
    {
        _used[i] = true;
        return Address(i);
    }

    private IPAddress Address(int i) => range.Address(First + i);
}
