using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Hearth.Worker.Sockets;

/// <summary>What Kestrel receives into: blocks so large that the bodies of updates, tens of megabytes each, take few calls of the system.</summary>
/// <remarks>By itself it receives 4 KiB at a time, which for such bodies costs more than hashing them. A connection that waits for a request has no block.</remarks>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockLength = 64 << 10;

    // As much as four bodies under way take; what is beyond is the garbage collector's.
    private const int MostFree = 64;

    private readonly ConcurrentQueue<Block> _free = new();
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    public override int MaxBufferSize => BlockLength;

    /// <summary>Has a transport receive into such blocks.</summary>
    public static SocketTransportOptions Use(SocketTransportOptions transport)
    {
        try
        {
            SetFactory(transport, new BlockPool());
        }
        catch (MissingMethodException)
        {
            // The transport offers it to hosts with a container only, by this method: without it all works, slower.
        }
        return transport;
    }

    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options) => new BlockPool();

    /// <inheritdoc/>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockLength);
        return _free.TryDequeue(out var block) ? block : new Block(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        _free.Clear();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_MemoryPoolFactory")]
    private static extern void SetFactory(SocketTransportOptions transport, IMemoryPoolFactory<byte> factory);

    private void Return(Block block)
    {
        if (!_isDisposed && _free.Count < MostFree)
            _free.Enqueue(block);
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockLength, pinned: true), 0, BlockLength);

        public void Dispose() => pool.Return(this);
    }
}
