namespace Hearth.Compute.Tests;

public sealed class HostBufferTests
{
    [Fact]
    public void Allocate_AnyLength_IsAligned()
    {
        using var empty = HostBuffer.Allocate(0);
        using var odd = HostBuffer.Allocate(13);

        Assert.Equal(0, empty.Address % 64);
        Assert.Equal(0, odd.Address % 64);
        Assert.Equal(13, odd.AsSpan().Length);
    }

    [Fact]
    public void Grow_Longer_KeepsItsContent()
    {
        using var buffer = HostBuffer.CopyOf([1, 2, 3]);

        buffer.Grow(100_000);
        buffer.Grow(10);

        Assert.Equal(100_000, buffer.Length);
        Assert.Equal([1, 2, 3], buffer.AsSpan(0, 3).ToArray());
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, 5)]
    [InlineData(4, 1)]
    [InlineData(long.MaxValue, 1)]
    [InlineData(0, -1)]
    public void AsSpan_OutOfRange_Throws(long offset, int length)
    {
        using var buffer = HostBuffer.Allocate(4);

        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsSpan(offset, length).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.AsMemory(offset, length));
    }

    [Fact]
    public async Task AsMemory_Part_IsTheBuffersOwn()
    {
        using var buffer = HostBuffer.CopyOf([0, 0, 0, 0]);

        Assert.Equal(2, await new MemoryStream([7, 8]).ReadAsync(buffer.AsMemory(1, 2)));

        Assert.Equal([0, 7, 8, 0], buffer.AsSpan().ToArray());
    }

    [Fact]
    public void Dispose_Twice_EndsTheMemoryOnce()
    {
        var owner = new CountingOwner();
        var own = HostBuffer.Allocate(1);
        var wrapped = HostBuffer.Wrap(own.Address, 1, owner);

        wrapped.Dispose();
        wrapped.Dispose();

        Assert.Equal(1, owner.Disposals);
        Assert.Throws<ObjectDisposedException>(() => wrapped.Address);
        own.Dispose();
        Assert.Throws<ObjectDisposedException>(() => own.AsSpan().Length);
    }

    [Fact]
    public void Grow_MemoryOfAnotherOwner_Throws()
    {
        using var own = HostBuffer.Allocate(1);
        using var wrapped = HostBuffer.Wrap(own.Address, 1, new CountingOwner());

        Assert.Throws<InvalidOperationException>(() => wrapped.Grow(2));
    }

    private sealed class CountingOwner : IDisposable
    {
        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }
}
