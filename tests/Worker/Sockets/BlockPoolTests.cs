using System.Runtime.CompilerServices;
using Hearth.Worker.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Hearth.Worker.Tests.Sockets;

public sealed class BlockPoolTests
{
    // The method has no other door: where a new runtime has none either, bodies are received by 4 KiB again, and someone should know.
    [Fact]
    public void Use_OfTheTransport_HasItReceiveIntoThesePools() =>
        Assert.IsType<BlockPool>(GetFactory(BlockPool.Use(new SocketTransportOptions())));

    [Fact]
    public void Rent_AfterABlockWasGivenBack_GivesItAgain()
    {
        using var pool = new BlockPool();
        var first = pool.Rent(4096);
        using var second = pool.Rent(pool.MaxBufferSize);
        Assert.Equal(pool.MaxBufferSize, first.Memory.Length);
        first.Dispose();

        using var again = pool.Rent();

        Assert.Same(first, again);
        Assert.NotSame(second, again);
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(pool.MaxBufferSize + 1));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_MemoryPoolFactory")]
    private static extern IMemoryPoolFactory<byte> GetFactory(SocketTransportOptions transport);
}
